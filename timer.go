package raon

import (
	"time"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/wheel"
)

// Timer is a deadline or a tick of one connection, as a field of a Handler
// mostly: nothing is allocated to arm it. The zero Timer is ready. It belongs to
// the worker of the session that armed it last, and is disarmed when that
// session's Disconnect or Abort takes effect: before OnDisconnect, so that none
// runs after it. A Timer must not be copied while it is armed.
type Timer struct {
	node    wheel.Timer
	session *Session // nil when it is not armed
	fn      func(*Session)
	at      time.Duration
	period  time.Duration // 0: once

	next, prev *Timer // the session's armed timers
}

// Now is the worker's clock as of this turn: monotonic, from an arbitrary start,
// the same for all sessions of a worker. It costs no system call.
func (s *Session) Now() time.Duration { return s.worker.now }

// After has fn run as a callback of s, d from now to within a millisecond.
// Arming an armed timer moves it. On a session that is not connected it does
// nothing.
func (s *Session) After(t *Timer, d time.Duration, fn func(*Session)) { s.arm(t, d, 0, fn) }

// Every has fn run as a callback of s once per period, at least a millisecond. It
// does not drift: the n-th tick is due n periods from now. What a busy worker
// could not run in time is left out, not caught up with. On a session that is
// not connected it does nothing.
func (s *Session) Every(t *Timer, period time.Duration, fn func(*Session)) {
	invariant.Check(period >= wheelTick, "raon: Every with a period below a millisecond")
	s.arm(t, period, period, fn)
}

func (s *Session) arm(t *Timer, d, period time.Duration, fn func(*Session)) {
	invariant.Check(t.session == nil || t.session == s, "raon: a Timer that is armed by another session")
	if s.state != stateConnected {
		return
	}
	if t.session == nil {
		s.link(t)
	}
	t.fn, t.period, t.at = fn, period, s.worker.now+d
	s.worker.wheel.Schedule(&t.node, t.at)
}

// link adds t to the session's timers.
func (s *Session) link(t *Timer) {
	t.node.Owner = (*timerAlarm)(t)
	t.session, t.prev, t.next = s, nil, s.timers
	if s.timers != nil {
		s.timers.prev = t
	}
	s.timers = t
}

// Stop disarms the timer. It tells whether it was armed. On its worker only.
func (t *Timer) Stop() bool {
	s := t.session
	if s == nil {
		return false
	}
	s.worker.wheel.Cancel(&t.node)
	if t.prev != nil {
		t.prev.next = t.next
	} else {
		s.timers = t.next
	}
	if t.next != nil {
		t.next.prev = t.prev
	}
	t.session, t.fn, t.next, t.prev = nil, nil, nil, nil
	return true
}

// stopTimers disarms everything that the connection has armed.
func (s *Session) stopTimers() {
	for s.timers != nil {
		s.timers.Stop()
	}
}

// timerAlarm is the Timer as its wheel's owner.
type timerAlarm Timer

// OnTimer runs the callback. The next tick is set before, so that a panic does
// not end a ticker whose session somebody keeps.
func (a *timerAlarm) OnTimer(_ *wheel.Timer, now time.Duration) {
	t := (*Timer)(a)
	s, fn := t.session, t.fn
	if t.period == 0 {
		t.Stop()
	} else {
		t.at = nextTick(t.at, now, t.period)
		s.worker.wheel.Schedule(&t.node, t.at)
	}
	s.runJob(fn)
}

// nextTick is the first tick after now of a ticker whose tick at has come.
func nextTick(at, now, period time.Duration) time.Duration {
	at += period
	if late := now - at; late >= 0 {
		at += (late/period + 1) * period
	}
	return at
}
