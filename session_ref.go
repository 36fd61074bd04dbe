package raon

import "github.com/raon-engine/raon/buffer"

// SessionRef is the safe way to name a session from anywhere and at any time: a
// pointer and a generation, a value to copy and compare. Its methods may be
// called by any goroutine. They never wait, and return ErrSessionClosed once
// the connection it names has ended, also when the Session is already used for
// another one. What one goroutine sends arrives in that order. The zero
// SessionRef names nothing.
type SessionRef struct {
	session *Session
	gen     uint32
}

// Valid tells whether the connection lives.
func (r SessionRef) Valid() bool { return r.session != nil && r.session.word.live(r.gen) }

// ID is the connection's number, 0 when it has ended.
func (r SessionRef) ID() uint64 {
	if !r.retain() {
		return 0
	}
	defer r.release()
	return r.session.id
}

// SendBytes sends a copy of p as one packet. Errors: ErrSessionClosed,
// ErrQueueFull.
func (r SessionRef) SendBytes(p []byte, packetID uint16) error {
	if !r.retain() {
		return ErrSessionClosed
	}
	defer r.release()
	return r.send(r.session.worker.core.shared.Copy(p), packetID)
}

// Send sends buf as one packet and takes over one reference of it, also when
// it fails. Errors: ErrSessionClosed, ErrQueueFull.
func (r SessionRef) Send(buf buffer.SendBuffer, packetID uint16) error {
	if !r.retain() {
		buf.Release(1)
		return ErrSessionClosed
	}
	defer r.release()
	return r.send(buf, packetID)
}

// send queues buf in the inbox of the session's worker. The session's own bound
// counts what is on its way there.
func (r SessionRef) send(buf buffer.SendBuffer, packetID uint16) error {
	s, n := r.session, int64(buf.Len())
	bound := int64(s.service.limits.QueueBytes)
	if s.foreign.Add(n)+s.stats.queued.Load() > bound && s.service.limits.Policy != QueueDropOldest {
		s.foreign.Add(-n)
		buf.Release(1)
		return r.overflow()
	}
	err := s.worker.push(message{kind: msgSend, session: s, gen: r.gen, buf: buf, id: packetID})
	if err != nil {
		s.foreign.Add(-n)
		buf.Release(1)
	}
	return err
}

// overflow applies the queue policy to a send that found the bound.
func (r SessionRef) overflow() error {
	s := r.session
	switch s.service.limits.Policy {
	case QueueDropNewest:
		s.service.foreignDrops.Add(1)
		return nil
	case QueueDisconnect:
		_ = r.post(msgAbort, KickSlowConsumer) // a full inbox repeats it with the next send
		return ErrSessionClosed
	}
	return ErrQueueFull
}

// Disconnect ends the connection gracefully. Errors: ErrSessionClosed,
// ErrQueueFull.
func (r SessionRef) Disconnect(reason KickReason) error { return r.command(msgDisconnect, reason) }

// Abort ends the connection at once by a reset. Errors: ErrSessionClosed,
// ErrQueueFull.
func (r SessionRef) Abort(reason KickReason) error { return r.command(msgAbort, reason) }

func (r SessionRef) command(kind messageKind, reason KickReason) error {
	if !r.retain() {
		return ErrSessionClosed
	}
	defer r.release()
	return r.post(kind, reason)
}

func (r SessionRef) post(kind messageKind, reason KickReason) error {
	return r.session.worker.push(message{kind: kind, session: r.session, gen: r.gen, reason: reason})
}

// CloseWrite finishes this half of the connection. Errors: ErrSessionClosed,
// ErrQueueFull.
func (r SessionRef) CloseWrite() error { return r.PushJob((*Session).CloseWrite) }

// PushJob runs fn on the session's worker, in the order pushed, if the
// connection still lives then. Errors: ErrSessionClosed, ErrQueueFull.
func (r SessionRef) PushJob(fn func(*Session)) error {
	if !r.retain() {
		return ErrSessionClosed
	}
	defer r.release()
	return r.session.worker.push(message{kind: msgSessionJob, session: r.session, gen: r.gen, arg: fn})
}

// Stats are the connection's counters. Errors: ErrSessionClosed.
func (r SessionRef) Stats() (SessionStats, error) {
	if !r.retain() {
		return SessionStats{}, ErrSessionClosed
	}
	defer r.release()
	return r.session.Stats(), nil
}

func (r SessionRef) retain() bool { return r.session != nil && r.session.word.retain(r.gen) }

func (r SessionRef) release() {
	if r.session.word.release() {
		r.session.goHome()
	}
}
