package raon

// Handler is the application's half of a session. A service makes one per
// pooled session with NewHandler and uses it again for later connections. All
// methods run on the session's worker, never two at once and never nested; a
// Disconnect inside one takes effect when it has returned.
type Handler interface {
	// OnConnect begins a connection. err is not nil when a client's connect
	// failed; no other callback follows then.
	OnConnect(s *Session, err error)

	// OnRecv gets what has been received and returns how many bytes it
	// consumed. The rest is kept contiguous and comes again, with new data,
	// after Resume or at the peer's end. data is valid until OnRecv returns.
	OnRecv(s *Session, data []byte) int

	// OnDisconnect ends a connection: exactly once for every OnConnect with a
	// nil error, after the last OnRecv. err has the cause where there is one.
	OnDisconnect(s *Session, reason KickReason, err error)
}

// SendHandler is a Handler that wants to know when the kernel has taken a
// packet. n is the packet's length, packetID what was given to Send.
type SendHandler interface {
	OnSend(s *Session, n int, packetID uint16)
}

// AcceptHandler is a Handler that is asked before an accepted connection
// begins, after the server's limits and access lists. addr is the client's, if a
// proxy has announced it. False closes it without any other callback, reason
// KickRejected.
type AcceptHandler interface {
	OnAccept(addr Addr) bool
}

// WatermarkHandler is a Handler that wants to know when its session's send
// queue passes HighWaterBytes, and when it has fallen to LowWaterBytes again.
type WatermarkHandler interface {
	OnHighWater(s *Session)
	OnLowWater(s *Session)
}

// FinishHandler is a Handler that wants to know when the peer has finished: it
// sends nothing more, and all it sent has been to OnRecv. The session ends soon,
// unless Retain keeps it for an answer.
type FinishHandler interface {
	OnFinish(s *Session)
}

// DrainHandler is a Handler that has a last word when its service drains: what has
// been read is handled, and the connection ends with KickShutdown when OnDrain has
// returned and what it sent has left.
type DrainHandler interface {
	OnDrain(s *Session)
}

// ResetHandler is a Handler that is told when its session goes back to the
// pool, so that it can forget the last connection.
type ResetHandler interface {
	Reset()
}
