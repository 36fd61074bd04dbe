package porttest

import (
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// turn polls once and hands out what came.
func (l *loop) turn(wait time.Duration) int {
	l.t.Helper()
	n, err := l.p.Poll(l.out, wait)
	if err != nil {
		l.fatalf("Poll: %v", err)
	}
	if n < 0 || n > len(l.out) {
		l.fatalf("Poll returned %d events into room for %d", n, len(l.out))
	}
	before := l.clock
	if l.clock = l.p.Now(); l.clock < before {
		l.fatalf("Now went back from %v to %v", before, l.clock)
	}
	l.passes++
	l.events += uint64(n)
	for i := range l.out[:n] {
		l.take(&l.out[i])
	}
	l.checkProgress()
	return n
}

// take checks one event and gives it to its object.
func (l *loop) take(ev *port.Event) {
	l.t.Helper()
	k := l.tasks[ev.Op]
	if k == nil {
		l.fatalf("an event for an op that is not pending: %s", describe(ev))
	}
	l.checkEvent(k, ev)
	if !ev.More {
		l.ranks++
		k.finish(ev, l.ranks)
		delete(l.tasks, ev.Op)
		l.forget(k)
	}
	if ev.Object != nil {
		ev.Object.HandleCompletion(ev)
	}
}

// forget drops the attachment that k has ended.
func (l *loop) forget(k *task) {
	if k.op.Type != port.OpDisconnect || k.op.How == port.HowShutdown || k.owner == nil || k.err != nil {
		return
	}
	if k.owner.pending != 0 {
		l.fatalf("Disconnect ended while %d other ops of the attachment were pending", k.owner.pending)
	}
	k.owner.gone = true
	delete(l.objects, k.owner.ref)
}

// until polls as long as cond is false. Its patience ends when there is no
// event, or when there is no end of events.
func (l *loop) until(what string, cond func() bool) {
	l.t.Helper()
	const ends = 10 // times the patience, in all
	began := l.now()
	for heard, events := began, l.events; !cond(); {
		now := l.now()
		if l.events != events {
			heard, events = now, l.events
		}
		left := l.patience - (now - heard)
		if left <= 0 || now-began > ends*l.patience {
			l.fatalf("waited %v for %s, the last %v without an event", now-began, what, now-heard)
		}
		l.turn(l.pollSiblings(left))
	}
}

// pollSiblings polls the other ports of this thread, and tells how long this
// one may then wait.
func (l *loop) pollSiblings(wait time.Duration) time.Duration {
	for _, s := range l.siblings {
		if !s.closed && s.turn(0) > 0 {
			return 0
		}
		wait = min(wait, time.Millisecond)
	}
	return wait
}

// ended polls until all of ks have.
func (l *loop) ended(what string, ks ...*task) {
	l.t.Helper()
	l.until(what, func() bool {
		for _, k := range ks {
			if k.pending {
				return false
			}
		}
		return true
	})
}

// quiet polls for d, in which no event may come.
func (l *loop) quiet(d time.Duration) {
	l.t.Helper()
	began := l.now()
	for left := d; left > 0; left = d - (l.now() - began) {
		if n := l.turn(left); n != 0 {
			l.fatalf("an event where none may come: %s", describe(&l.out[0]))
		}
	}
}

// while polls for d, whatever comes.
func (l *loop) while(d time.Duration) {
	l.t.Helper()
	began := l.now()
	for left := d; left > 0; left = d - (l.now() - began) { // looked at once: a negative wait is for ever
		l.turn(left)
	}
}

// hush is how long something must not happen to be taken as not happening.
const hush = 15 * time.Millisecond
