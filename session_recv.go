package raon

import (
	"errors"
	"io"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

// HandleCompletion dispatches one completion of the session's own operations.
// The port's worker calls it.
func (s *Session) HandleCompletion(ev *Event) {
	switch ev.Op {
	case &s.recvOp:
		s.completeRecv(ev)
	case &s.sendOp:
		s.completeSend(ev)
	case &s.endOp:
		s.completeEnd(ev)
	default:
		invariant.Failf("session: completion of a foreign op (%v)", ev.Op.Type)
	}
}

// completeRecv handles one event of the receive stream.
func (s *Session) completeRecv(ev *Event) {
	if ev.Buf.Lent() {
		s.takeIn(ev.Buf)
	}
	if ev.More {
		return
	}
	s.clear(flagRecvArmed | flagRecvCancel)
	switch {
	case ev.Err == nil, errors.Is(ev.Err, port.ErrCanceled):
		s.updateReading()
		s.touch() // a draining session ends when it is no longer read
	case errors.Is(ev.Err, io.EOF):
		s.peerFinished()
	default:
		s.kick(KickCompletionError, ev.Err)
	}
}

// takeIn hands a lent buffer up and gives it back.
func (s *Session) takeIn(b port.Buf) {
	w := s.worker
	n := uint64(len(b.Data))
	s.stats.bytesIn.add(n)
	s.share.totals.bytesIn.add(n)
	s.heard = w.now
	// Released also when a callback panics: the guard unwinds through here.
	defer s.share.ground.port.Release(b)
	if s.state != stateConnected && s.state != stateHandshaking || s.has(flagDisconnectDue) {
		return // on its way out: read and discard
	}
	switch {
	case s.has(flagProxied):
		s.takeHeader(b.Data)
	case s.layers != nil:
		s.openLayers(b.Data)
	default:
		s.deliver(b.Data)
	}
}

// held tells whether OnRecv must not be called now.
func (s *Session) held() bool {
	return s.has(flagPaused) || s.has(flagHigh) && !s.service.limits.readAbove
}

// deliver hands data to OnRecv, after what was left before, or keeps it when
// the session is paused.
func (s *Session) deliver(data []byte) {
	if s.held() {
		s.tail.append(&s.worker.tails, data)
		s.set(flagRedeliver)
		return
	}
	if s.tail.len() == 0 {
		n := s.callRecv(data)
		if n < len(data) && s.state == stateConnected {
			s.tail.append(&s.worker.tails, data[n:])
		}
		s.checkTail(n)
		return
	}
	window := s.tail.len() + len(data)
	if s.has(flagRedeliver) {
		window = port.PassBytes
	}
	s.tail.append(&s.worker.tails, data)
	s.deliverTail(window)
}

// deliverTail hands what is kept to OnRecv, at first no more than window bytes.
// Much can come before a held session has stopped reading; OnRecv gets it in
// portions, so that it can be held again, unless it needs more at once.
func (s *Session) deliverTail(window int) {
	s.clear(flagRedeliver)
	for {
		data := s.tail.bytes()
		portion := data[:min(window, len(data))]
		n := s.callRecv(portion)
		s.tail.consume(&s.worker.tails, n)
		if len(portion) == len(data) || s.held() || s.has(flagDisconnectDue) {
			s.tailDelivered(n)
			return
		}
		if n == 0 {
			window *= 2
		}
	}
}

// tailDelivered looks after what OnRecv left of all there was.
func (s *Session) tailDelivered(consumed int) {
	if consumed > 0 && s.tail.len() > 0 && s.has(flagEOF|flagDraining) {
		s.set(flagRedeliver) // nothing new will bring the rest along
		s.touch()
	}
	s.checkTail(consumed)
}

// callRecv is the callback itself.
func (s *Session) callRecv(data []byte) int {
	s.stats.recvs.add(1)
	s.enter()
	n := s.handler.OnRecv(s, data)
	if n < 0 || n > len(data) {
		panic("OnRecv consumed more than there was, or less than nothing")
	}
	s.leave()
	return n
}

// checkTail kicks a session whose incomplete packet fills the buffer, and stops
// reading where the callback has filled the send queue.
func (s *Session) checkTail(consumed int) {
	if consumed == 0 && s.tail.len() >= s.service.limits.RecvBufferBytes && !s.held() {
		s.kick(KickRecvBufferFull, nil)
		return
	}
	if s.held() && s.tail.len() > 0 {
		s.set(flagRedeliver)
	}
	if s.has(flagHigh) || s.has(flagDraining) {
		s.touch()
	}
}

// wantsRecv tells whether the port should be reading for this session.
func (s *Session) wantsRecv() bool {
	switch s.state {
	case stateHandshaking:
		return !s.has(flagEOF)
	case stateConnected:
		return !s.has(flagEOF|flagDraining) && !s.held()
	case stateDisconnecting:
		return !s.has(flagEOF)
	}
	return false
}

// updateReading arms or cancels the receive stream to match wantsRecv.
func (s *Session) updateReading() {
	wants := s.wantsRecv()
	switch {
	case wants && !s.has(flagRecvArmed):
		s.recvOp = port.Op{Type: port.OpRecv, Target: s.ref}
		s.set(flagRecvArmed)
		s.share.ground.port.Submit(&s.recvOp)
	case !wants && s.has(flagRecvArmed) && !s.has(flagRecvCancel):
		s.set(flagRecvCancel)
		s.share.ground.port.Cancel(&s.recvOp)
	}
}

// Pause stops OnRecv: nothing more is read, and what has been read already is
// kept for Resume: a pass, and on io_uring what its armed receive takes in until
// the cancel has reached it. Deadlines that watch the peer's silence stand still
// meanwhile, IdleTimeout among them; AuthTimeout does not.
func (s *Session) Pause() {
	s.hold(flagPaused)
	s.touch()
}

// Resume undoes Pause. What was kept comes to OnRecv at the end of this turn.
func (s *Session) Resume() {
	if !s.has(flagPaused) {
		return
	}
	s.letGo(flagPaused)
	if s.tail.len() > 0 && !s.has(flagFinishTold) {
		s.set(flagRedeliver)
	}
	s.touch()
}

// peerFinished handles the end of the peer's stream. What is still kept comes
// to OnRecv once more.
func (s *Session) peerFinished() {
	s.set(flagEOF)
	if s.state == stateHandshaking {
		s.kick(KickRecv0, io.ErrUnexpectedEOF)
		return
	}
	if s.state == stateConnected {
		if s.tail.len() > 0 {
			s.set(flagRedeliver)
		}
		s.startDeadline(s.service.limits.HalfCloseTimeout)
	}
	s.touch()
}
