package main

import (
	"github.com/lesismal/nbio"

	"github.com/raon-engine/raon/bench/room"
)

// hall is a room on one poller. nbio has no hook at the end of a turn, and
// whoever flushes on the poller joins nothing: so a goroutine does.
type hall struct {
	room.Room
	due chan struct{} // one at most, see Room.Collect
}

type member struct{ *nbio.Conn }

// Put does not wait: nbio keeps what the kernel does not take. An error closes
// the connection by itself.
func (m member) Put(p []byte) { _, _ = m.Write(p) }

func startRoom(engine *nbio.Engine) error {
	h := &hall{due: make(chan struct{}, 1)}
	engine.OnOpen(h.open)
	engine.OnClose(func(c *nbio.Conn, _ error) { h.Leave(member{c}) })
	engine.OnData(h.data)
	go h.flush()
	return engine.Start()
}

func (h *hall) open(c *nbio.Conn) {
	c.SetSession(new(session))
	h.Join(member{c})
}

func (h *hall) data(c *nbio.Conn, data []byte) {
	frames := c.Session().(*session).next(c, data)
	if len(frames) > 0 && h.Collect(frames) {
		h.due <- struct{}{}
	}
}

func (h *hall) flush() {
	for range h.due {
		h.Flush()
	}
}
