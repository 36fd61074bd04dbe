//go:build linux

package main

import (
	"net"
	"sync"
	"testing"
)

// hub sends what it is told to everybody.
type hub struct {
	mu    sync.Mutex
	conns map[net.Conn]bool
	lose  int // every so many frames one is lost for one member; 0 = none
	told  int
}

func (h *hub) tell(c net.Conn, frame []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.told++
	for to := range h.conns {
		if h.lose > 0 && h.told%h.lose == 0 && to == c {
			continue
		}
		_, _ = to.Write(frame) // a member that left is seen by its reader
	}
}

func (h *hub) join(c net.Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.conns[c] = true
}

func (h *hub) leave(c net.Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
}

func TestRoom(t *testing.T) {
	for name, c := range map[string]struct {
		rate float64
		lose int
	}{
		"closed loop":         {0, 0},
		"open loop":           {500, 0},
		"closed loop, losing": {0, 50},
		"open loop, losing":   {500, 20},
	} {
		t.Run(name, func(t *testing.T) {
			h := &hub{conns: map[net.Conn]bool{}, lose: c.lose}
			run := generateFor(t, serveHub(t, h), config{mode: "room", rate: c.rate})
			if run.Messages == 0 {
				t.Error("nothing was delivered")
			}
			if lost := run.Wrong+run.Missing > 0; lost != (c.lose > 0) {
				t.Errorf("%d wrong (%s), %d missing", run.Wrong, run.FirstWrong, run.Missing)
			}
		})
	}
}
