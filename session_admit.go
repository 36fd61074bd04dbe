package raon

import "bytes"

// letIn asks the gate whether the client that a proxy has announced may come in,
// and goes on with it.
func (s *Session) letIn() {
	w := s.worker
	if err := s.service.gate.enter(s.PeerAddr(), w.now); err != nil {
		s.service.refusedAtGate(s.PeerAddr(), err, w.now)
		s.kick(KickRejected, err)
		return
	}
	s.set(flagGated)
	s.welcome()
}

// welcome asks the handler whether the connection may begin, and begins it. It is
// attached, and the gate has nothing against it.
func (s *Session) welcome() {
	if a, ok := s.handler.(AcceptHandler); ok && !s.askAccept(a) {
		s.kick(KickRejected, nil)
		return
	}
	s.opened()
}

// leaveGate gives the connection's place at the gate back.
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

// takeHeader gathers the PROXY header. What follows it is the client's, and goes
// the way of all that comes after it.
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
	s.take(&a)
	if len(rest) == 0 || s.has(flagDisconnectDue) {
		return
	}
	if s.layers != nil {
		s.openLayers(rest)
		return
	}
	s.deliver(rest)
}

// take acts on what the proxy has announced.
func (s *Session) take(a *proxyAnnouncement) {
	if a.local { // the proxy asks how we are: its address is trusted, and nobody's client
		s.welcome()
		return
	}
	if a.known {
		s.announced.Store(&a.peer)
	}
	s.letIn()
}

// ProxyAddr is the address of the proxy that announced the peer, the zero Addr
// when there is none.
func (s *Session) ProxyAddr() Addr {
	if s.announced.Load() == nil {
		return Addr{}
	}
	return s.peer
}
