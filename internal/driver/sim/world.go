package sim

import (
	"sync"
	"time"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

// World is one network, one file system and one clock, with the processes that
// use them. Its exported methods may be called by any goroutine; see the
// package documentation for what virtual time asks of them.
type World struct {
	opts Options

	mu      sync.Mutex // guards everything below, and every Port but its bell
	dice    dice
	clock   clock
	handles handles
	net     network
	disk    disk
	ports   []*Port // not closed
}

// New makes a world. It panics when opts are out of range.
func New(opts Options) *World {
	w := &World{opts: opts.withDefaults()}
	w.dice.seed(opts.Seed)
	w.clock.virtual = opts.Virtual
	w.clock.origin = time.Now()
	w.handles.limit = w.opts.HandleLimit
	w.net.nextPort = firstEphemeral
	w.disk.free = w.opts.DiskBytes
	return w
}

// Driver is a driver in w. All drivers of one world are alike.
func (w *World) Driver() port.Driver { return &driver{w} }

// LimitHandles changes Options.HandleLimit so that n more handles can be
// opened now, until restore is called. Both may be called by any goroutine.
func (w *World) LimitHandles(n int) (restore func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.handles.limit
	w.handles.limit = min(w.handles.open+n, maxHandles)
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.handles.limit = before
	}
}

// LimitDisk changes Options.DiskBytes so that bytes are free now.
func (w *World) LimitDisk(bytes int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.disk.free = bytes
}

// Now is the world's time.
func (w *World) Now() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock.look()
	return w.clock.now
}

// NextEvent is when the next thing happens in the network or on the disk, and
// whether anything will.
func (w *World) NextEvent() (time.Duration, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.clock.next()
	if t == nil {
		return 0, false
	}
	return t.at, true
}

// Step moves virtual time to the next event and makes everything of that
// instant happen. It tells whether there was an event. Time moves even if ports
// have work; their owners poll them first.
func (w *World) Step() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	invariant.Check(w.opts.Virtual, "sim: Step in real time")
	t := w.clock.next()
	return t != nil && w.clock.runUntil(t.at)
}

// Advance moves virtual time by d, and everything due by then happens.
func (w *World) Advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	invariant.Check(w.opts.Virtual && d >= 0, "sim: Advance in real time, or backwards")
	w.clock.runUntil(w.clock.now + d)
}

// arm sets a timer. In real time the ports asleep have to sleep anew when
// something happens earlier than they knew.
func (w *World) arm(t *timer, at time.Duration) {
	if w.clock.set(t, at) && !w.clock.virtual {
		for _, p := range w.ports {
			p.bell.nudge()
		}
	}
}

// chance is true with probability p.
func (w *World) chance(p float64) bool { return w.dice.chance(p) }
