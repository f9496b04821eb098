// The least exporter that does the same work: signs and polls rooms in turn at 40 a second and
// shows them with client_golang.
//
// Usage: start ADDRESS ENDPOINT FILE INTERVAL KEY_ID SECRET, where FILE lists the rooms as JSON. A room is not asked again within the interval.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

type room struct {
	AppID  string `json:"app_id"`
	RoomID string `json:"room_id"`
}

type answer struct {
	Result struct {
		TotalUser          float64
		TotalInvisibleUser float64
		VisibleUserList    []string
		InvisibleUserList  []string
		RoomExists         bool
	}
}

const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func mac(key []byte, text string) []byte {
	hash := hmac.New(sha256.New, key)
	hash.Write([]byte(text))
	return hash.Sum(nil)
}

func sign(request *http.Request, keyID, secret string) {
	date := time.Now().UTC().Format("20060102T150405Z")
	scope := date[:8] + "/cn-north-1/rtc/request"
	canonical := "GET\n/\n" + request.URL.RawQuery + "\nhost:" + request.URL.Host +
		"\nx-content-sha256:" + emptyHash + "\nx-date:" + date +
		"\n\nhost;x-content-sha256;x-date\n" + emptyHash
	hash := sha256.Sum256([]byte(canonical))
	key := []byte(secret)
	for _, part := range strings.Split(scope, "/") {
		if part != "request" {
			key = mac(key, part)
		}
	}
	key = mac(key, "request")
	text := "HMAC-SHA256\n" + date + "\n" + scope + "\n" + hex.EncodeToString(hash[:])
	request.Header.Set("X-Date", date)
	request.Header.Set("X-Content-Sha256", emptyHash)
	request.Header.Set("Authorization", "HMAC-SHA256 Credential="+keyID+"/"+scope+
		", SignedHeaders=host;x-content-sha256;x-date, Signature="+hex.EncodeToString(mac(key, text)))
}

func main() {
	address, endpoint := os.Args[1], os.Args[2]
	var rooms []room
	text, err := os.ReadFile(os.Args[3])
	if err == nil {
		err = json.Unmarshal(text, &rooms)
	}
	if err != nil {
		log.Fatal(err)
	}
	interval, err := time.ParseDuration(os.Args[4])
	if err != nil {
		log.Fatal(err)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(prometheus.NewGoCollector())
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
	last := gauge("rtc_room_last_success_timestamp_seconds", "Unix time of the last success.")

	client := &http.Client{Timeout: 5 * time.Second}
	poll := func(one room) {
		query := "Action=GetRoomOnlineUsers&AppId=" + url.QueryEscape(one.AppID) +
			"&RoomId=" + url.QueryEscape(one.RoomID) + "&Version=2023-11-01"
		request, _ := http.NewRequest("GET", endpoint+"/?"+query, nil)
		sign(request, os.Args[5], os.Args[6])
		success.WithLabelValues(one.AppID, one.RoomID).Set(0)
		response, err := client.Do(request)
		if err != nil {
			return
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		var parsed answer
		if err != nil || response.StatusCode != 200 || json.Unmarshal(body, &parsed) != nil {
			return
		}
		users.WithLabelValues(one.AppID, one.RoomID).Set(parsed.Result.TotalUser)
		invisible.WithLabelValues(one.AppID, one.RoomID).Set(parsed.Result.TotalInvisibleUser)
		exists.WithLabelValues(one.AppID, one.RoomID).Set(map[bool]float64{true: 1}[parsed.Result.RoomExists])
		success.WithLabelValues(one.AppID, one.RoomID).Set(1)
		last.WithLabelValues(one.AppID, one.RoomID).Set(float64(time.Now().UnixMilli()) / 1000)
	}
	go func() {
		for {
			startedAt := time.Now()
			for _, one := range rooms {
				go poll(one)
				time.Sleep(time.Second / 39)
			}
			time.Sleep(interval - time.Since(startedAt))
		}
	}()
	http.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	log.Fatal(http.ListenAndServe(address, nil))
}
