// The five series of every room as client_golang's gauges, behind its own handler.
//
// Usage: client_golang ROOMS. Prints its port. POST /change?count=N polls N rooms at random.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

func main() {
	rooms, err := strconv.Atoi(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	registry := prometheus.NewRegistry()
	gauge := func(name, help string) *prometheus.GaugeVec {
		vec := prometheus.NewGaugeVec(
			prometheus.GaugeOpts{Name: name, Help: help}, []string{"app_id", "room_id"})
		registry.MustRegister(vec)
		return vec
	}
	users := gauge("rtc_room_users_total", "Users in the room, visible and invisible.")
	invisible := gauge("rtc_room_invisible_users", "Invisible users in the room.")
	exists := gauge("rtc_room_exists", "Whether the room exists (1) or not (0).")
	success := gauge("rtc_room_poll_success", "Whether the room's last finished poll succeeded.")
	last := gauge("rtc_room_last_success_timestamp_seconds",
		"Unix time of the room's last successful poll, 0 if there was none.")

	poll := func(room int) {
		app, id := "661e0000000000000000543c", "Room"+strconv.Itoa(room)
		users.WithLabelValues(app, id).Set(float64(rand.Intn(200)))
		invisible.WithLabelValues(app, id).Set(float64(rand.Intn(10)))
		exists.WithLabelValues(app, id).Set(float64(rand.Intn(2)))
		success.WithLabelValues(app, id).Set(float64(rand.Intn(2)))
		last.WithLabelValues(app, id).Set(float64(time.Now().UnixMilli()) / 1000)
	}
	for room := 0; room < rooms; room++ {
		poll(room)
	}

	http.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	http.HandleFunc("/change", func(_ http.ResponseWriter, request *http.Request) {
		count, _ := strconv.Atoi(request.URL.Query().Get("count"))
		for n := 0; n < count; n++ {
			poll(rand.Intn(rooms))
		}
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, nil))
}
