package raon

import "time"

// What a Handler that cuts the stream into packets has to know of its session.

// Handler is the session's handler, as NewHandler made it.
func (s *Session) Handler() Handler { return s.handler }

// Ending tells whether the connection's end has been asked for or has begun: a
// handler with more packets at hand leaves them.
func (s *Session) Ending() bool {
	return s.has(flagDisconnectDue) || s.state >= stateDisconnecting
}

// Held tells whether OnRecv is not to be called now: after Pause, or while the
// send queue stops reading. What a handler leaves then comes again.
func (s *Session) Held() bool { return s.held() }

// ReadingSince is when OnRecv was last let go on, on the clock of Now: at the
// connection's begin, at Resume, or when the send queue that held it had drained.
// While the session is held it is now. Who measures the peer's silence or its
// answers counts from there at the earliest.
func (s *Session) ReadingSince() time.Duration {
	if s.held() {
		return s.worker.now
	}
	return s.readingSince
}

// DisconnectWith is Disconnect with a cause, which OnDisconnect and the log get.
func (s *Session) DisconnectWith(reason KickReason, cause error) {
	switch s.state {
	case stateHandshaking, stateConnecting:
		s.kick(reason, cause)
	case stateConnected:
		if !s.has(flagDisconnectDue) {
			s.catchUp()
			s.blameOnce(reason, cause)
			s.set(flagDisconnectDue)
			s.touch()
		}
	}
}

// AbortWith is Abort with a cause, which OnDisconnect and the log get.
func (s *Session) AbortWith(reason KickReason, cause error) {
	if s.state == statePooled || s.state == stateClosing {
		return
	}
	s.kick(reason, cause)
}
