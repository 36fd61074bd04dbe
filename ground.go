package raon

import (
	"errors"

	"github.com/raon-engine/raon/internal/port"
)

// ground is what sessions and listeners stand on: a driver's port on a worker.
// Most stand on the worker's own. Those of an offline service have one beside it,
// in memory, which the worker polls in each turn and never waits for: whatever
// happens on it is the doing of that turn.
type ground struct {
	driver port.Driver
	port   port.Port   // the worker's; nil until it is open
	sender port.Sender // port, if it is one

	events []port.Event // of a ground beside the worker's own
	cursor int          // next one to dispatch
	reaped int
}

// open takes the port.
func (g *ground) open(p port.Port) {
	g.port = p
	g.sender, _ = p.(port.Sender)
}

// sideEvents bounds what one poll of a ground beside the worker's own gives.
const sideEvents = 256

// newSides makes a ground for each worker, in a world of their own.
func (c *Core) newSides(d port.Driver) (grounds []*ground) {
	for _, w := range c.workers {
		g := &ground{driver: d, events: make([]port.Event, sideEvents)}
		grounds = append(grounds, g)
		w.urge(func() { w.openSide(g) })
	}
	return grounds
}

// openSide makes the port, on the worker's thread.
func (w *worker) openSide(g *ground) {
	p, err := g.driver.NewPort(port.PortOptions{Slots: w.core.opts.Port.Slots})
	if err != nil { // in memory there is nothing that can fail
		w.log.Error("raon: no port beside the worker's own", "err", err)
		return
	}
	g.open(p)
	w.sides = append(w.sides, g)
}

// pollSides reaps what has happened beside. It tells whether there is something to
// dispatch.
func (w *worker) pollSides() (busy bool, err error) {
	for _, g := range w.sides {
		if g.cursor == g.reaped {
			n, failed := g.port.Poll(g.events, 0)
			g.cursor, g.reaped = 0, n
			err = errors.Join(err, failed)
		}
		busy = busy || g.cursor < g.reaped
	}
	return busy, err
}

// dispatchSides hands each completion to its object, as dispatch does.
func (w *worker) dispatchSides() (n int) {
	for _, g := range w.sides {
		for g.cursor < g.reaped {
			ev := &g.events[g.cursor]
			g.cursor++
			n++
			ev.Object.HandleCompletion(ev)
		}
	}
	return n
}

// closeSides closes what openSide opened.
func (w *worker) closeSides() (err error) {
	for _, g := range w.sides {
		err = errors.Join(err, g.port.Close())
	}
	w.sides = nil
	return err
}
