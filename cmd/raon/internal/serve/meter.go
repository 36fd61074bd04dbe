package serve

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/raon-engine/raon"
)

// meter turns the service's counters into lines for people. It belongs to the
// goroutine that called Run.
type meter struct {
	server  *server
	service *raon.Service
	began   time.Time
	last    reading
}

// reading is the counters at one moment.
type reading struct {
	at     time.Time
	frames uint64
	raon.Snapshot
}

func newMeter(v *server, service *raon.Service) *meter {
	m := &meter{server: v, service: service, began: time.Now()}
	m.last = m.read()
	return m
}

func (m *meter) read() reading {
	return reading{at: time.Now(), frames: m.server.frames(), Snapshot: m.service.Snapshot()}
}

// every prints a line to w at each interval, never when it is 0.
func (m *meter) every(interval time.Duration, w io.Writer) ticks {
	return ticks{every: interval, show: func() {
		now := m.read()
		fmt.Fprintln(w, now.since(m.last))
		m.last = now
	}}
}

// since is the line of statistics of the time between two readings.
func (r reading) since(last reading) string {
	took := r.at.Sub(last.at).Seconds()
	rate := func(now, before uint64) float64 {
		if took <= 0 {
			return 0
		}
		return float64(now-before) / took
	}
	return fmt.Sprintf("raon serve: %d sessions, in %.0f frames/s %.1f MiB/s, out %.0f frames/s %.1f MiB/s, accepted %d, ended %d, dropped %d",
		r.Live, rate(r.frames, last.frames), rate(r.BytesIn, last.BytesIn)/(1<<20),
		rate(r.PacketsOut, last.PacketsOut), rate(r.BytesOut, last.BytesOut)/(1<<20),
		r.Accepted-last.Accepted, r.Disconnected-last.Disconnected, r.Dropped-last.Dropped)
}

// summary is the last line: what happened in all. The core has ended.
func (m *meter) summary() string {
	r := m.read()
	return fmt.Sprintf("raon serve: stopped after %v: %d sessions, %d frames in, %d out, %.1f MiB in, %.1f MiB out; ended: %s%s",
		r.at.Sub(m.began).Round(time.Millisecond), r.Accepted, r.frames, r.PacketsOut,
		float64(r.BytesIn)/(1<<20), float64(r.BytesOut)/(1<<20), reasons(r.Kicks[:]), refusals(r.Snapshot))
}

// refusals lists the connections that got no session, for each cause that occurred.
func refusals(s raon.Snapshot) string {
	var parts []string
	for _, c := range []struct {
		n    uint64
		what string
	}{{s.Denied, "denied"}, {s.OverAddress, "over address"}, {s.OverRate, "over rate"}, {s.Refused, "full"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", c.what, c.n))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "; refused: " + strings.Join(parts, ", ")
}

// reasons lists the sessions ended for each reason that occurred.
func reasons(kicks []uint64) string {
	var parts []string
	for reason, n := range kicks {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", raon.KickReason(reason), n))
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}
