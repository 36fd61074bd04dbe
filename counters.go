package raon

import (
	"sync/atomic"
	"time"
)

// counter has one writer, a worker, and any number of readers.
type counter struct{ v atomic.Uint64 }

// add is the writer's: a load and a store, no locked instruction needed to be
// right.
func (c *counter) add(n uint64) { c.v.Store(c.v.Load() + n) }
func (c *counter) load() uint64 { return c.v.Load() }

// sessionCounters are a connection's own.
type sessionCounters struct {
	bytesIn    counter
	bytesOut   counter
	recvs      counter
	packetsOut counter
	queued     atomic.Int64
}

func (c *sessionCounters) reset() {
	c.bytesIn.v.Store(0)
	c.bytesOut.v.Store(0)
	c.recvs.v.Store(0)
	c.packetsOut.v.Store(0)
	c.queued.Store(0)
}

// totals are a service's on one worker.
type totals struct {
	live       atomic.Int64
	bytesIn    counter
	bytesOut   counter
	packetsOut counter
	dropped    counter
}

// workerCounters are a worker's. The plain fields are the worker's own between
// two publications.
type workerCounters struct {
	turns  uint64
	events uint64
	jobs   uint64

	published struct {
		turns, events, jobs atomic.Uint64
		port                atomic.Pointer[PortStats]
	}
	panics atomic.Uint64
	slow   atomic.Uint64
	busy   atomic.Uint64 // odd while the worker runs, even while it polls; changes each turn
}

// sleep and wake bracket a poll that may wait; the watchdog reads them.
func (c *workerCounters) sleep() {
	if c.busy.Load()&1 == 1 {
		c.busy.Add(1)
	}
}

func (c *workerCounters) wake() {
	if c.busy.Load()&1 == 1 {
		c.busy.Add(2)
		return
	}
	c.busy.Add(1)
}

// turn counts a turn and publishes now and then, so that the readers' cost is
// not on every turn.
func (c *workerCounters) turn(w *worker, events int) {
	c.turns++
	c.events += uint64(events)
	if c.turns%publishEvery == 0 || w.now-w.published >= publishAfter {
		c.publish(w)
	}
}

const (
	publishEvery = 256
	publishAfter = 100 * time.Millisecond
)

func (c *workerCounters) publish(w *worker) {
	w.published = w.now
	w.clock.Store(int64(w.now))
	p := &c.published
	p.turns.Store(c.turns)
	p.events.Store(c.events)
	p.jobs.Store(c.jobs)
	stats := w.port.Stats()
	p.port.Store(&stats)
}
