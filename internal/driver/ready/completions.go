//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package ready

import "github.com/raon-engine/raon/internal/port"

// completions is the queue of events that wait for Poll, first in first out. It
// holds at most one event per pending op, so it is as bounded as those are.
type completions struct {
	ring []port.Event // its length is a power of two
	head int
	n    int
}

func (c *completions) push(ev port.Event) {
	if c.n == len(c.ring) {
		c.grow()
	}
	c.ring[(c.head+c.n)&(len(c.ring)-1)] = ev
	c.n++
}

// pop takes the oldest event; there must be one.
func (c *completions) pop() port.Event {
	at := &c.ring[c.head]
	ev := *at
	*at = port.Event{} // keep nothing alive
	c.head = (c.head + 1) & (len(c.ring) - 1)
	c.n--
	return ev
}

func (c *completions) grow() {
	bigger := make([]port.Event, max(64, 2*len(c.ring)))
	n := copy(bigger, c.ring[c.head:])
	copy(bigger[n:], c.ring[:c.head])
	c.ring, c.head = bigger, 0
}
