package sim

import (
	"fmt"
	"io"

	"github.com/raon-engine/raon/internal/port"
)

// take logs an event and holds it against the model.
func (c *churn) take(at *churnPort, ev *port.Event) {
	e, _ := ev.Object.(*churnEnd)
	id := -1
	if e != nil {
		id = e.id
	}
	c.log = append(c.log, fmt.Sprint(c.w.clock.now, id, ev.Op.Type, ev.N, ev.Handle, ev.Err, ev.More))
	if ev.Op == &at.accept {
		c.accepted(at, ev)
		return
	}
	lane := ev.Op.Type.Lane()
	if e == nil || ev.Op != &e.ops[lane] || !e.busy[lane] || e.at != at || e.gone {
		c.t.Fatalf("an event of nothing that was pending: %s", c.log[len(c.log)-1])
	}
	if ev.Err != nil && ev.Err != io.EOF && ev.Err != port.ErrCanceled {
		e.hurt = true
	}
	switch ev.Op.Type {
	case port.OpRecv:
		e.received(ev)
	case port.OpSend:
		e.done += ev.N
		if ev.Err == nil && ev.N != len(ev.Op.Bufs[0])+len(ev.Op.Bufs[1]) {
			c.t.Fatalf("a Send of %d+%d bytes ended with %d", len(ev.Op.Bufs[0]), len(ev.Op.Bufs[1]), ev.N)
		}
	case port.OpDisconnect:
		e.gone = e.ending
	}
	if !ev.More {
		e.busy[lane] = false
	}
}

// accepted joins a new end with its mate, found by its address.
func (c *churn) accepted(at *churnPort, ev *port.Event) {
	if ev.Err != nil {
		return
	}
	peer, err := c.drv.PeerAddr(ev.Handle)
	if err != nil {
		c.ok(c.drv.CloseHandle(ev.Handle, c.rng.IntN(2) == 0))
		return
	}
	e := c.attach(at, ev.Handle)
	for _, other := range c.ends {
		if local, err := c.drv.LocalAddr(other.handle); err == nil && local == peer {
			e.mate, other.mate = other, e
		}
	}
}

// received checks bytes, or how they ended.
func (e *churnEnd) received(ev *port.Event) {
	for _, b := range ev.Buf.Data {
		if e.mate != nil && b != e.mate.pattern(e.got) {
			e.c.t.Fatalf("end %d: byte %d is foreign", e.id, e.got)
		}
		e.got++
	}
	if ev.Buf.Lent() {
		e.at.held = append(e.at.held, ev.Buf)
	}
	if ev.Err != io.EOF || e.hurt || e.mate == nil {
		return
	}
	if e.busy[port.LaneWrite] || e.mate.busy[port.LaneWrite] {
		return // a Send may yet tell of a reset, or of bytes taken
	}
	if e.got != e.mate.done {
		e.c.t.Fatalf("end %d: EOF after %d of %d bytes", e.id, e.got, e.mate.done)
	}
}
