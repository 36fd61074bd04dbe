package raon

import (
	"time"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/wheel"
)

// A session has one timer. It is set to the earliest of the session's deadlines
// and, being lazy, is not moved when a deadline moves away: it fires, looks,
// and sets itself anew. An active session costs a timer now and then, not one
// per packet.

// stallLooks is how many times per StallTimeout a busy session is looked at,
// which is how late a stall may be noticed.
const stallLooks = 4

// startDeadline sets the deadline of the current state.
func (s *Session) startDeadline(after time.Duration) {
	s.deadline = s.worker.now + after
	s.wakeBy(s.deadline)
}

// armStallTimer makes sure that a send in flight is looked at.
func (s *Session) armStallTimer() {
	s.wakeBy(s.worker.now + s.service.limits.StallTimeout/stallLooks)
}

// wakeBy makes the timer fire at the latest at the given time.
func (s *Session) wakeBy(at time.Duration) {
	if !s.timer.Pending() || at < s.alarm {
		s.alarm = at
		s.worker.wheel.Schedule(&s.timer, at)
	}
}

// sessionAlarm is the Session as its timer's owner.
type sessionAlarm Session

// OnTimer looks at the session's deadlines.
func (a *sessionAlarm) OnTimer(*wheel.Timer, time.Duration) {
	s := (*Session)(a)
	now := s.worker.now
	if s.state == statePooled || s.state >= stateClosing {
		return
	}
	s.noteProgress(now)
	if s.has(flagSending) && s.state != stateConnecting && now-s.progress >= s.service.limits.StallTimeout {
		s.kick(KickSlowConsumer, ErrTimeout)
		return
	}
	if s.deadline != 0 && now >= s.deadline {
		s.deadlinePassed(now)
	}
	if s.state == stateConnected {
		s.checkSilence(now)
	}
	s.rearmTimer(now)
}

// noteProgress looks whether the kernel took bytes of the send in flight.
func (s *Session) noteProgress(now time.Duration) {
	if s.has(flagSending) && s.sendOp.Type == port.OpSend && s.sendOp.Done != s.doneSeen {
		s.doneSeen = s.sendOp.Done
		s.progress = now
	}
}

// deadlinePassed acts on the deadline of the state.
func (s *Session) deadlinePassed(now time.Duration) {
	switch s.state {
	case stateConnecting:
		s.kick(KickCompletionError, errConnectTimeout)
	case stateHandshaking:
		s.kick(KickAuthTimeout, ErrTimeout)
	case stateDisconnecting: // the peer does not finish: close all the same
		s.set(flagEOF)
		s.touch()
	case stateConnected: // half closed: wait on while the kernel still takes bytes
		if since := s.progress + s.service.limits.HalfCloseTimeout; s.queue.count > 0 && since > now {
			s.deadline = since
			return
		}
		s.kick(KickHalfCloseTimeout, ErrTimeout)
	}
}

// errConnectTimeout is what OnConnect gets when ConnectTimeout has passed.
var errConnectTimeout = &Error{Op: "connect", Driver: "engine", Outcome: ErrTimeout}

// rearmTimer sets the timer for what is still to be watched.
func (s *Session) rearmTimer(now time.Duration) {
	if s.has(flagSending) {
		s.wakeBy(now + s.service.limits.StallTimeout/stallLooks)
	}
	if s.deadline > now {
		s.wakeBy(s.deadline)
	}
	if s.state == stateConnected {
		s.wakeForSilence()
	}
}
