package raon

import (
	"errors"

	"github.com/raon-engine/raon/internal/port"
)

// begin makes an accepted socket this session's connection, on the worker that
// it is dealt to. Its peer's address is set, and the gate has been asked, unless a
// proxy has to name the client first.
func (s *Session) begin(w *worker, h Handle) {
	ground := s.service.shares[w.index].ground
	s.settleOn(w, h, s.peer)
	defer s.service.partEnded() // the hand-over is done: the share answers for it now
	if s.share.draining {
		s.dropHandle()
		return
	}
	unix := !s.peer.IP.IsValid() // a unix client mostly has no path
	err := s.service.limits.Socket.apply(ground.driver, h, unix)
	if err == nil {
		s.ref, err = ground.port.Attach(h, port.KindStream, s)
	}
	if err != nil { // mostly: the peer is gone already
		w.log.Debug("raon: accepted connection could not begin", "service", s.service.name, "err", err)
		s.dropHandle()
		return
	}
	s.service.accepted.Add(1)
	s.state = stateConnecting // until it is opened, ending it calls nobody back
	if s.has(flagGated) {
		s.welcome()
		return
	}
	s.awaitHeader()
}

// settleOn takes the session out of the pool's hands onto a worker. What a
// SessionRef may read, now or after the end, is set before the generation lives
// and not again.
func (s *Session) settleOn(w *worker, h Handle, peer Addr) {
	s.worker, s.share = w, s.service.shares[w.index]
	s.id = s.service.core.nextSession.Add(1)
	s.peer, s.began = peer, w.now
	s.announced.Store(nil)
	w.clock.Store(int64(w.now)) // not before began
	s.stats.reset()
	s.foreign.Store(0)
	s.word.start()
	s.handle = h
	s.state = stateAcquired
	s.progress = w.now
	s.share.add(s)
}

// dropHandle ends a session whose handle never made it onto the port.
func (s *Session) dropHandle() {
	_ = s.share.ground.driver.CloseHandle(s.handle, true) // there is nobody left to tell
	s.leavePlace()
}

func (s *Session) askAccept(a AcceptHandler) bool {
	s.enter()
	ok := a.OnAccept(s.PeerAddr())
	s.leave()
	return ok
}

// opened starts the layers, or goes straight on to the handler.
func (s *Session) opened() {
	if s.service.newLayers == nil {
		s.open()
		return
	}
	s.state = stateHandshaking
	s.layers = newLayerStack(s.service.newLayers())
	s.startDeadline(s.service.handshakeTimeout)
	s.updateReading()
	s.shakeHands(nil)
}

// open is the moment of OnConnect.
func (s *Session) open() {
	s.state = stateConnected
	s.deadline = 0
	s.set(flagOpened)
	s.watchSilence()
	s.share.totals.live.Add(1)
	s.share.audience.join(s)
	s.share.dialed(s)
	if s.redial != nil {
		s.redial.opened = s.worker.now
	}
	s.touch()
	s.enter()
	s.handler.OnConnect(s, nil)
	s.leave()
	if s.has(flagDisconnectDue) {
		return
	}
	s.updateReading()
}

// connect begins an outgoing connection on its worker.
func (s *Session) connect(w *worker) {
	to, err := s.peer, error(nil)
	if !s.has(flagTarget) {
		to, err = s.service.dialer.address(w.index)
	}
	s.settleOn(w, NoHandle, to)
	s.set(flagClient | flagDialing)
	if err == nil {
		err = s.dial()
	}
	if err == nil {
		return
	}
	if s.handle != NoHandle {
		_ = s.share.ground.driver.CloseHandle(s.handle, false) // err says why
	}
	s.err = err
	defer s.leavePlace()
	s.callConnectFailed()
}

// abandon ends a session whose connect was never begun.
func (s *Session) abandon(w *worker) {
	s.settleOn(w, NoHandle, Addr{})
	s.set(flagClient)
	defer s.leavePlace()
	s.callConnectFailed()
}

// dial makes the socket and submits the connect.
func (s *Session) dial() (err error) {
	g := s.share.ground
	if s.handle, err = g.driver.Socket(s.peer); err != nil {
		return err
	}
	if err = s.service.limits.Socket.apply(g.driver, s.handle, s.peer.IsUnix()); err != nil {
		return err
	}
	if s.ref, err = g.port.Attach(s.handle, port.KindStream, s); err != nil {
		return err
	}
	s.state = stateConnecting
	s.set(flagSending)
	s.sendOp = port.Op{Type: port.OpConnect, Target: s.ref, Addr: &s.peer}
	g.port.Submit(&s.sendOp)
	s.startDeadline(s.service.dialer.timeout)
	return nil
}

// connected handles the end of a connect.
func (s *Session) connected(err error) {
	s.clear(flagSending)
	if s.state != stateConnecting {
		return // it is being closed
	}
	if err == nil && !s.has(flagDisconnectDue) {
		s.opened()
		return
	}
	if err != nil && !errors.Is(err, port.ErrCanceled) {
		s.kick(KickCompletionError, err)
	}
	s.touch()
}

// callConnectFailed tells a client's handler that there is no connection.
func (s *Session) callConnectFailed() {
	err := s.err
	if err == nil {
		err = ErrCanceled
	}
	s.service.connectFailed.Add(1)
	s.share.connectFailed(s, err)
	s.enter()
	s.handler.OnConnect(s, err)
	s.leave()
}

// callDisconnect is the last callback of a connection.
func (s *Session) callDisconnect() {
	s.service.noteKick(s)
	if s.redial != nil {
		s.redial.ended(s.worker.now)
	}
	s.enter()
	s.handler.OnDisconnect(s, s.reason, s.err)
	s.leave()
}

// leavePlace takes the session off its share. It goes back to its pool at the
// end of the turn, when nothing on this worker refers to it any more, the guard
// of a panicking OnDisconnect included.
func (s *Session) leavePlace() {
	s.state = stateLeaving
	s.touch()
	s.worker.live.Add(-1)
	s.leaveGate()
	s.share.dialed(s)
	s.share.remove(s)
	if r, ok := s.handler.(ResetHandler); ok {
		was := s.worker.current.Swap(s)
		r.Reset()
		s.worker.current.Store(was)
	}
}

// leavePool gives the session back to its pool. Nothing may touch it afterwards.
func (s *Session) leavePool() {
	s.state, s.flags = statePooled, 0
	s.reason, s.err, s.retains, s.lane = KickNoLog, nil, 0, nil
	s.ref, s.handle = 0, NoHandle
	s.deadline, s.doneSeen = 0, 0
	if s.word.end() {
		s.goHome()
	}
}
