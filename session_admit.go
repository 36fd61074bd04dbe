package raon

import "bytes"

// letIn asks the gate and the handler whether an accepted connection may
// begin, and begins it. It is attached.
func (s *Session) letIn() {
	if err := s.passGate(); err != nil {
		s.kick(KickRejected, err)
		return
	}
	if a, ok := s.handler.(AcceptHandler); ok && !s.askAccept(a) {
		s.kick(KickRejected, nil)
		return
	}
	s.opened()
}

// passGate takes the connection's place at the gate.
func (s *Session) passGate() error {
	if s.has(flagGated) {
		return nil
	}
	err := s.service.gate.enter(s.PeerAddr(), s.worker.now)
	if err == nil {
		s.set(flagGated)
		return nil
	}
	if s.share.gateLog.allow(s.worker.now) {
		g := s.service.gate
		s.service.log.Warn("raon: connections refused", "last", s.PeerAddr().String(), "cause", err,
			"denied", g.denied.Load(), "over_address", g.overAddress.Load(), "over_rate", g.overRate.Load())
	}
	return err
}

// leaveGate gives the place back.
func (s *Session) leaveGate() {
	if s.has(flagGated) {
		s.clear(flagGated)
		s.service.gate.leave(s.PeerAddr(), s.worker.now)
	}
}

// awaitHeader reads a PROXY header before anything else.
func (s *Session) awaitHeader() {
	s.state = stateHandshaking
	s.set(flagProxied)
	s.startDeadline(s.service.handshakeTimeout)
	s.updateReading()
}

// takeHeader gathers the PROXY header. What follows it is the client's.
func (s *Session) takeHeader(data []byte) {
	s.tail.append(&s.worker.tails, data)
	a, n, err := parseProxy(s.tail.bytes())
	if err != nil {
		s.kick(KickPacketError, err)
		return
	}
	if n == 0 {
		return
	}
	rest := bytes.Clone(s.tail.bytes()[n:])
	s.tail.drop(&s.worker.tails)
	s.clear(flagProxied)
	s.state, s.deadline = stateConnecting, 0
	if a.peer.IsValid() {
		s.announced.Store(&a.peer)
	}
	s.letIn()
	if len(rest) == 0 || s.has(flagDisconnectDue) {
		return
	}
	if s.layers != nil {
		s.openLayers(rest)
		return
	}
	s.deliver(rest)
}

// ProxyAddr is the address of the proxy that announced the peer, the zero Addr
// when there is none.
func (s *Session) ProxyAddr() Addr {
	if s.announced.Load() == nil {
		return Addr{}
	}
	return s.peer
}
