package raon

import "time"

// watchSilence begins the deadlines that a connection has from OnConnect on:
// to authenticate, and to be heard of.
func (s *Session) watchSilence() {
	s.heard, s.readingSince = s.worker.now, s.worker.now
	s.opening = s.worker.now
	if s.service.limits.AuthTimeout == 0 {
		s.set(flagKnown)
	}
	s.wakeForSilence()
}

// Authenticated ends the deadline that AuthTimeout set. That one does not stand
// still for Pause or high water: a peer could make it, by not reading.
func (s *Session) Authenticated() { s.set(flagKnown) }

// hold stops OnRecv for the reason that the flag is. From here on the peer's
// silence means nothing: its deadlines stand still.
func (s *Session) hold(why sessionFlags) {
	was := s.held()
	s.set(why)
	if !was && s.held() {
		s.readingSince = s.worker.now // until letGo: when it was stopped
	}
}

// letGo takes a reason for holding away. When it was the last one, the deadlines go
// on from where they stood.
func (s *Session) letGo(why sessionFlags) {
	was := s.held()
	s.clear(why)
	if !was || s.held() {
		return
	}
	now := s.worker.now
	s.heard = now - max(s.readingSince-s.heard, 0) // what was heard meanwhile counts as just heard
	s.readingSince = now
	s.wakeForSilence()
}

// wakeForSilence makes the timer fire when one of the deadlines may have passed.
// The idle one only moves away as bytes arrive, and is looked at again then.
func (s *Session) wakeForSilence() {
	if s.state != stateConnected {
		return // its timer may have been cancelled for good
	}
	limits := &s.service.limits
	if limits.IdleTimeout > 0 && s.listens() {
		s.wakeBy(s.heard + limits.IdleTimeout)
	}
	if !s.has(flagKnown) {
		s.wakeBy(s.opening + limits.AuthTimeout)
	}
}

// listens tells whether silence is the peer's doing. After its end, other
// deadlines hold.
func (s *Session) listens() bool { return !s.held() && !s.has(flagEOF|flagDraining) }

// checkSilence kicks a session whose deadline has passed.
func (s *Session) checkSilence(now time.Duration) {
	limits := &s.service.limits
	switch {
	case !s.has(flagKnown) && now >= s.opening+limits.AuthTimeout:
		s.kick(KickAuthTimeout, ErrTimeout)
	case limits.IdleTimeout > 0 && s.listens() && now >= s.heard+limits.IdleTimeout:
		s.kick(KickIdle, ErrTimeout)
	}
}
