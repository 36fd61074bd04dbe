package raon

import (
	"math/rand/v2"
	"time"

	"github.com/raon-engine/raon/internal/wheel"
)

// share is a service's part on one worker: its connected sessions there and
// their totals. Everything but the totals belongs to the worker.
type share struct {
	service *Service
	worker  *worker
	ground  *ground
	members []*Session // pinned here in any state, in no order
	dials   shareDials // clients only

	audience audience // those that are connected

	failures struct { // clients: connects that failed, for the log
		count int
		log   rateLimit
	}
	dice *rand.Rand // for waits; nil until used

	draining bool
	ended    bool
	deadline wheel.Timer

	totals  totals
	kickLog rateLimit
}

func (sh *share) add(s *Session) {
	s.place = len(sh.members)
	sh.members = append(sh.members, s)
}

func (sh *share) remove(s *Session) {
	last := len(sh.members) - 1
	sh.members[s.place] = sh.members[last]
	sh.members[s.place].place = s.place
	sh.members[last] = nil
	sh.members = sh.members[:last]
	sh.endIfDone()
}

// forEach calls fn for every session that is connected now.
func (sh *share) forEach(fn func(*Session)) { sh.audience.forEach(fn) }

// forEachOf calls fn for those of a list that are still connected. It goes on
// after a callback that panicked: the rest is done as a command of its own.
func (w *worker) forEachOf(list []*Session, fn func(*Session)) {
	i := 0
	defer func() {
		if rest := list[i:]; len(rest) > 0 {
			w.urge(func() { w.forEachOf(rest, fn) })
		}
	}()
	for i < len(list) {
		s := list[i]
		i++
		if s.state == stateConnected && s.worker == w {
			s.runJob(fn)
		}
	}
}

// drain begins the end of the share's sessions.
func (sh *share) drain(timeout time.Duration) {
	sh.draining = true
	for _, s := range sh.members {
		s.drain()
	}
	sh.deadline.Owner = (*shareAlarm)(sh)
	sh.worker.wheel.Schedule(&sh.deadline, sh.worker.now+timeout)
	sh.endIfDone()
	sh.abandonWaiting()
	sh.wakeKept()
}

// shareAlarm is the share as its timer's owner.
type shareAlarm share

// OnTimer is the drain deadline: what is left is aborted.
func (a *shareAlarm) OnTimer(*wheel.Timer, time.Duration) { (*share)(a).abortAll(KickShutdown) }

func (sh *share) abortAll(reason KickReason) {
	for _, s := range sh.members {
		s.Abort(reason)
	}
}

// endIfDone reports a drained share, once.
func (sh *share) endIfDone() {
	if !sh.draining || len(sh.members)+len(sh.dials.waiting)+len(sh.dials.kept) > 0 || sh.ended {
		return
	}
	sh.ended = true
	sh.worker.wheel.Cancel(&sh.deadline)
	sh.service.partEnded()
}

// drain lets the session answer what has been read and then ends it. One that
// is not connected yet has nothing to answer.
func (s *Session) drain() {
	if s.state < stateConnected {
		s.kick(KickShutdown, nil)
		return
	}
	s.set(flagDraining)
	s.touch()
}
