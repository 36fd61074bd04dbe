package raon

import (
	"bytes"
	"fmt"
	"runtime"
	"time"
)

// watchdog is a goroutine outside the workers that looks at them a few times
// per SlowHandlerMs and reports those that are still in the turn in which it saw
// them long ago: some handler blocks. It names the session and shows the
// worker's stack, once per turn and at most once per second and worker.
type watchdog struct {
	core  *Core
	quit  chan struct{}
	ended chan struct{}
	seen  []sighting
}

// sighting is what was last seen of one worker.
type sighting struct {
	busy     uint64
	since    time.Time
	reported bool
	logged   time.Time // the last report: one per second at most
}

// watchdogLooks is how often per SlowHandlerMs it looks.
const watchdogLooks = 2

func startWatchdog(c *Core) *watchdog {
	d := &watchdog{core: c, quit: make(chan struct{}), ended: make(chan struct{}), seen: make([]sighting, len(c.workers))}
	go d.run(time.Duration(c.opts.SlowHandlerMs) * time.Millisecond)
	return d
}

// stop ends the watchdog and waits for it. nil has nothing to end.
func (d *watchdog) stop() {
	if d != nil {
		close(d.quit)
		<-d.ended
	}
}

func (d *watchdog) run(limit time.Duration) {
	defer close(d.ended)
	tick := time.NewTicker(max(limit/watchdogLooks, time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-d.quit:
			return
		case now := <-tick.C:
			for i, w := range d.core.workers {
				d.look(w, &d.seen[i], now, limit)
			}
		}
	}
}

func (d *watchdog) look(w *worker, s *sighting, now time.Time, limit time.Duration) {
	busy := w.stats.busy.Load()
	if busy != s.busy {
		if s.reported {
			w.log.Warn("raon: slow turn ended", "after", now.Sub(s.since).Round(time.Millisecond))
		}
		*s = sighting{busy: busy, since: now, logged: s.logged}
		return
	}
	if busy&1 == 0 || s.reported || now.Sub(s.since) < limit {
		return
	}
	if now.Sub(s.logged) < time.Second {
		return
	}
	w.stats.slow.Add(1)
	s.reported, s.logged = true, now
	report(w, now.Sub(s.since).Round(time.Millisecond))
}

// report logs a slow turn. Without a callback in progress it is a job's, or the
// machine has too few processors for its threads.
func report(w *worker, took time.Duration) {
	stack := stackOf(w.goid.Load())
	x := w.current.Load()
	if j := w.job.Load(); x == nil && j != nil {
		w.log.Warn("raon: slow job: its worker and all sessions on it wait", "for", took, "job", j.Name, "stack", stack)
		return
	}
	if x == nil {
		w.log.Warn("raon: slow turn: the worker and all sessions on it wait", "for", took, "stack", stack)
		return
	}
	w.log.Warn("raon: slow handler: its worker and all sessions on it wait", "for", took,
		"session", x.Ref().ID(), "service", x.service.name, "stack", stack)
}

// goroutineID is the number of the calling goroutine, as stack dumps show it.
// It is for finding a stack in such a dump and for nothing else.
func goroutineID() int64 {
	var buf [64]byte
	var id int64
	_, _ = fmt.Sscanf(string(buf[:runtime.Stack(buf[:], false)]), "goroutine %d ", &id) // 0 finds no stack
	return id
}

// stackOf is the stack of goroutine id.
func stackOf(id int64) string {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	head := fmt.Appendf(nil, "goroutine %d ", id)
	for part := range bytes.SplitSeq(buf, []byte("\n\n")) {
		if bytes.HasPrefix(part, head) {
			return string(part)
		}
	}
	return "not found"
}
