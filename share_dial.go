package raon

import (
	"time"

	"github.com/raon-engine/raon/internal/wheel"
)

// shareDials is a client share's work of connecting. All of it is the worker's.
type shareDials struct {
	waiting []*Session // acquired, their connect not yet begun
	kept    []*Session // that reconnect: not in the pool, whatever they do now
	under   int        // connects under way
	due     bool       // dialNext has been urged

	next time.Duration // when the pace allows the next connect
	wait wheel.Timer   // for that
}

// dialsAtOnce bounds the connects a worker has under way for one service, so
// that a thousand sessions do not overflow the server's backlog at once.
const dialsAtOnce = 64

// paceSlack is how much of its pace a share may make up for at once: turns come
// when they come.
const paceSlack = 10 * time.Millisecond

// dial connects a list of sessions.
func (sh *share) dial(list []*Session) {
	for _, s := range list {
		if s.redial != nil {
			s.redial.keep(sh)
		}
	}
	sh.dials.waiting = append(sh.dials.waiting, list...)
	if sh.draining {
		sh.abandonWaiting()
		return
	}
	sh.dialNext()
}

// dialNext begins connects while there is room for them.
func (sh *share) dialNext() {
	sh.dials.due = false
	defer sh.dialLater() // also when OnConnect of one that failed at once panics
	for sh.mayDial() && sh.onPace() {
		s := sh.nextWaiting()
		sh.dials.under++
		s.connect(sh.worker)
	}
}

// dialLater has dialNext called if there is something for it to do.
func (sh *share) dialLater() {
	if !sh.mayDial() || sh.dials.due {
		return
	}
	if sh.dials.next > sh.worker.now {
		sh.dials.wait.Owner = (*paceAlarm)(sh)
		sh.worker.wheel.Schedule(&sh.dials.wait, sh.dials.next)
		return
	}
	sh.dials.due = true
	sh.worker.urge(sh.dialNext)
}

func (sh *share) mayDial() bool {
	return sh.dials.under < dialsAtOnce && len(sh.dials.waiting) > 0 && !sh.draining
}

// onPace takes one connect's time from the service's pace, if it has come.
func (sh *share) onPace() bool {
	now := sh.worker.now
	if sh.dials.next > now {
		return false
	}
	sh.dials.next = max(sh.dials.next, now-paceSlack) + sh.service.dialer.gap
	return true
}

// paceAlarm is the share as the owner of the timer for its next connect.
type paceAlarm share

// OnTimer goes on connecting.
func (a *paceAlarm) OnTimer(*wheel.Timer, time.Duration) { (*share)(a).dialNext() }

func (sh *share) nextWaiting() *Session {
	s := sh.dials.waiting[0]
	sh.dials.waiting[0] = nil
	sh.dials.waiting = sh.dials.waiting[1:]
	return s
}

// abandonWaiting ends the sessions whose connect has not begun. After a panic in
// an OnConnect the rest is done as a command of its own.
func (sh *share) abandonWaiting() {
	defer func() {
		if len(sh.dials.waiting) > 0 {
			sh.worker.urge(sh.abandonWaiting)
		}
	}()
	for len(sh.dials.waiting) > 0 {
		sh.nextWaiting().abandon(sh.worker)
	}
}

// dialed ends one connect, however it went.
func (sh *share) dialed(s *Session) {
	if s.has(flagDialing) {
		s.clear(flagDialing)
		sh.dials.under--
		sh.dialLater()
	}
}
