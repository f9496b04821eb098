// The five series of every room as kube-state-metrics keeps them: lines are rendered when a room
// changes, and a scrape joins them, through gzip's default level where it is accepted.
//
// Usage: kube_state ROOMS. Prints its port. POST /change?count=N polls N rooms at random.
package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

var families = []struct{ name, help string }{
	{"rtc_room_users_total", "Users in the room, visible and invisible."},
	{"rtc_room_invisible_users", "Invisible users in the room."},
	{"rtc_room_exists", "Whether the room exists (1) or not (0)."},
	{"rtc_room_poll_success", "Whether the room's last finished poll succeeded."},
	{"rtc_room_last_success_timestamp_seconds",
		"Unix time of the room's last successful poll, 0 if there was none."},
}

type store struct {
	mutex sync.RWMutex
	// By room, then by family.
	lines [][][]byte
}

func (s *store) poll(room int) {
	labels := `{app_id="661e0000000000000000543c",room_id="Room` + strconv.Itoa(room) + `"} `
	values := []string{
		strconv.Itoa(rand.Intn(200)),
		strconv.Itoa(rand.Intn(10)),
		strconv.Itoa(rand.Intn(2)),
		strconv.Itoa(rand.Intn(2)),
		strconv.FormatFloat(float64(time.Now().UnixMilli())/1000, 'f', 3, 64),
	}
	rendered := make([][]byte, len(families))
	for index, family := range families {
		rendered[index] = []byte(family.name + labels + values[index] + "\n")
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.lines[room] = rendered
}

func (s *store) writeAll(writer io.Writer) {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	for index, family := range families {
		fmt.Fprintf(writer, "# HELP %s %s\n# TYPE %s gauge\n", family.name, family.help, family.name)
		for _, room := range s.lines {
			writer.Write(room[index])
		}
	}
}

func main() {
	rooms, err := strconv.Atoi(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	all := &store{lines: make([][][]byte, rooms)}
	for room := 0; room < rooms; room++ {
		all.poll(room)
	}

	http.HandleFunc("/metrics", func(response http.ResponseWriter, request *http.Request) {
		response.Header().Set("Content-Type", "text/plain; version=0.0.4")
		if !strings.Contains(request.Header.Get("Accept-Encoding"), "gzip") {
			all.writeAll(response)
			return
		}
		response.Header().Set("Content-Encoding", "gzip")
		compressed := gzip.NewWriter(response)
		all.writeAll(compressed)
		compressed.Close()
	})
	http.HandleFunc("/change", func(_ http.ResponseWriter, request *http.Request) {
		count, _ := strconv.Atoi(request.URL.Query().Get("count"))
		for n := 0; n < count; n++ {
			all.poll(rand.Intn(rooms))
		}
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, nil))
}
