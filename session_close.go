package raon

import (
	"errors"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

// Disconnect ends the connection gracefully: OnRecv is not called any more, and
// when this callback has returned, what was sent is flushed, the peer gets a
// FIN, and what it still sends is read and discarded until it finishes too or
// CloseTimeout passes. No byte accepted by Send before is lost on an honest
// connection. OnDisconnect comes last.
func (s *Session) Disconnect(reason KickReason) { s.DisconnectWith(reason, nil) }

// Abort ends the connection at once: what is queued is dropped and the peer
// sees a reset. OnDisconnect comes after this callback has returned.
func (s *Session) Abort(reason KickReason) { s.AbortWith(reason, nil) }

// Retain keeps the session from ending when the peer has finished, until
// Release: an answer is still being made. Calls nest.
func (s *Session) Retain() { s.retains++ }

// Release undoes one Retain.
func (s *Session) Release() {
	invariant.Check(s.retains > 0, "session: Release without Retain")
	s.retains--
	s.touch()
}

// kick ends the session by reset: the peer broke a rule, or there is nobody left
// to be graceful to.
func (s *Session) kick(reason KickReason, err error) {
	s.blameOnce(reason, err)
	s.set(flagAbort | flagDisconnectDue)
	s.touch()
}

// blameOnce records why the session ends; the first reason counts.
func (s *Session) blameOnce(reason KickReason, err error) {
	if s.reason == KickNoLog && s.err == nil && !s.has(flagDisconnectDue) && s.state < stateDisconnecting {
		s.reason, s.err = reason, err
	}
}

// settle runs at the end of a turn for every session that something happened
// to: it brings the session's operations in line with its state. No callback of
// the session is running.
func (s *Session) settle() {
	switch s.state {
	case stateConnected:
		s.settleConnected()
	case stateHandshaking:
		s.settleHandshake()
	case stateDisconnecting:
		s.settleDisconnecting()
	case stateConnecting:
		if s.has(flagDisconnectDue) {
			s.beginClose()
		}
	case stateLeaving:
		s.leavePool()
	}
}

func (s *Session) settleConnected() {
	if s.has(flagAbort) {
		s.beginClose()
		return
	}
	if !s.has(flagDisconnectDue) {
		s.settleReading()
	}
	s.settleSend()
	s.tellWater()
	s.settleCloseWrite()
	if !s.has(flagDisconnectDue) {
		s.settleEnd()
	}
	if s.has(flagAbort) {
		s.touch() // a callback above ended it; the next turn closes
		return
	}
	if s.has(flagDisconnectDue) {
		s.beginDisconnect()
		return
	}
	s.updateReading()
	s.stats.queued.Store(int64(s.queue.bytes))
}

// settleReading hands kept bytes to OnRecv when that is due and allowed.
func (s *Session) settleReading() {
	if s.has(flagHigh) && s.queue.bytes <= s.service.limits.LowWaterBytes {
		s.letGo(flagHigh)
	}
	if s.has(flagRedeliver) && !s.held() && s.tail.len() > 0 {
		s.deliverTail(port.PassBytes)
	}
}

// settleEnd ends a session that has nothing left to do: after the peer's end,
// or when draining.
func (s *Session) settleEnd() {
	if s.has(flagRedeliver) && s.tail.len() > 0 {
		return
	}
	if s.has(flagDraining) && !s.has(flagRecvArmed) && s.retains == 0 {
		s.callDrain()
		s.Disconnect(KickShutdown)
		return
	}
	s.tellFinish()
	if s.has(flagEOF) && s.queue.count == 0 && s.retains == 0 && !s.has(flagPaused) {
		s.Disconnect(KickRecv0)
	}
}

// tellFinish reports the peer's end, once.
func (s *Session) tellFinish() {
	if !s.has(flagEOF) || s.has(flagFinishTold) || s.held() {
		return
	}
	s.set(flagFinishTold)
	if h, ok := s.handler.(FinishHandler); ok {
		s.enter()
		h.OnFinish(s)
		s.leave()
	}
}

// callDrain gives the handler the last word.
func (s *Session) callDrain() {
	if h, ok := s.handler.(DrainHandler); ok {
		s.enter()
		h.OnDrain(s)
		s.leave()
	}
}

// CloseWrite finishes this half of the connection: what was sent before is
// flushed, then the peer gets a FIN; nothing can be sent any more, and receiving
// goes on. The session ends when the peer has finished too.
func (s *Session) CloseWrite() {
	if s.state == stateConnected && !s.has(flagDisconnectDue) {
		s.catchUp()
		s.set(flagCloseWrite)
		s.touch()
	}
}

// settleCloseWrite sends the FIN of CloseWrite when everything before has left.
func (s *Session) settleCloseWrite() {
	if !s.has(flagCloseWrite) || s.has(flagFINSent|flagEndPending|flagSending) || s.queue.count > 0 || s.sendFarewell() {
		return
	}
	s.set(flagFINSent)
	s.submitEnd(port.HowShutdown)
}

// tellWater reports passing the watermarks.
func (s *Session) tellWater() {
	if s.has(flagHigh) == s.has(flagHighTold) {
		return
	}
	s.flags ^= flagHighTold
	h, ok := s.handler.(WatermarkHandler)
	if !ok {
		return
	}
	s.enter()
	if s.has(flagHigh) {
		h.OnHighWater(s)
	} else {
		h.OnLowWater(s)
	}
	s.leave()
}

// beginDisconnect starts the graceful end: no more callbacks but OnSend and
// OnDisconnect.
func (s *Session) beginDisconnect() {
	s.state = stateDisconnecting
	s.stopTimers()
	s.leaveAll()
	s.tail.drop(&s.worker.tails)
	s.deadline = 0
	if s.has(flagFINSent) { // by CloseWrite
		s.startDeadline(s.service.limits.CloseTimeout)
	}
	s.updateReading()
	s.settleDisconnecting()
}

// settleDisconnecting moves the graceful end on: flush, FIN, discard, close.
func (s *Session) settleDisconnecting() {
	if s.has(flagAbort) {
		s.beginClose()
		return
	}
	s.settleSend()
	if s.queue.count > 0 || s.has(flagSending|flagEndPending) {
		return
	}
	if s.sendFarewell() {
		return
	}
	if !s.has(flagFINSent) {
		s.set(flagFINSent)
		s.startDeadline(s.service.limits.CloseTimeout)
		s.submitEnd(port.HowShutdown)
		return
	}
	if s.has(flagEOF) {
		s.beginClose()
	}
}

// beginClose has the port cancel, await and close. The rest happens in
// completeEnd.
func (s *Session) beginClose() {
	if s.has(flagEndPending) { // the FIN's completion comes first
		s.touch()
		return
	}
	s.state = stateClosing
	s.stopTimers()
	s.leaveAll()
	s.worker.wheel.Cancel(&s.timer)
	how := port.HowClose
	if s.has(flagAbort) {
		how = port.HowAbort
	}
	s.submitEnd(how)
}

func (s *Session) submitEnd(how port.How) {
	s.endOp = port.Op{Type: port.OpDisconnect, How: how, Target: s.ref}
	s.set(flagEndPending)
	s.share.ground.port.Submit(&s.endOp)
}

// completeSend handles the end of a send, or of a connect.
func (s *Session) completeSend(ev *Event) {
	if ev.Op.Type == port.OpConnect {
		s.connected(ev.Err)
		return
	}
	if ev.Err == nil && s.state != stateClosing {
		s.sent(s.flight.ahead + ev.N)
		return
	}
	s.clear(flagSending)
	s.flight.clear(s.worker)
	if s.state != stateClosing && !errors.Is(ev.Err, port.ErrCanceled) {
		s.kick(KickSendError, ev.Err)
	}
}

// completeEnd handles the FIN's completion and the close's.
func (s *Session) completeEnd(ev *Event) {
	s.clear(flagEndPending)
	if ev.Op.How == port.HowShutdown {
		if ev.Err != nil {
			s.kick(KickCompletionError, ev.Err)
		}
		s.touch()
		return
	}
	s.finish()
}

// finish is the end of a connection: the handle is closed and no operation is
// pending.
func (s *Session) finish() {
	w := s.worker
	invariant.Check(!s.has(flagRecvArmed|flagSending|flagEndPending), "session: finished with an operation pending")
	invariant.Check(!s.timer.Pending(), "session: finished with its timer pending")
	s.discardQueue()
	s.flight.clear(w)
	s.tail.drop(&w.tails)
	s.layers = nil
	defer s.leavePlace() // also when OnDisconnect panics
	switch {
	case s.has(flagOpened):
		s.share.totals.live.Add(-1)
		s.callDisconnect()
	case s.has(flagClient):
		s.callConnectFailed()
	default: // accepted, and ended before OnConnect
		s.service.noteKick(s)
	}
}
