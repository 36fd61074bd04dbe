package raon

// RegisterClientManual makes a service with a pool of Count sessions that connect
// when Connect tells one to. Errors: every fault of opts at once, ErrClosed.
func (c *Core) RegisterClientManual(opts ClientOptions) (*Service, error) {
	return c.addClient(opts, ServiceClientManual, func(s *Service, _ int) { s.dialer.begin(func() {}) })
}

// Connect takes an idle session of a client service and has it connect. Its
// OnConnect tells how that went; the SessionRef is good from shortly before then.
// RAON called it ManualConnect. Any goroutine. Errors: ErrLimit when all sessions
// are in use, ErrClosed when the service is draining or has ended, ErrNotSupported
// for a server.
func (s *Service) Connect() (SessionRef, error) { return s.connect(Addr{}) }

// ConnectTo is Connect to another address than the service's own.
func (s *Service) ConnectTo(to Addr) (SessionRef, error) {
	if !to.IsValid() {
		return SessionRef{}, ErrBadAddr
	}
	return s.connect(to)
}

func (s *Service) connect(to Addr) (SessionRef, error) {
	if s.dialer == nil {
		return SessionRef{}, ErrNotSupported
	}
	if s.draining.Load() || !s.hold() {
		return SessionRef{}, ErrClosed
	}
	x := s.pool.acquire(s)
	if x == nil {
		s.partEnded()
		return SessionRef{}, ErrLimit
	}
	if to.IsValid() {
		x.peer = to
		x.set(flagTarget)
	}
	sh := s.shares[s.core.nextWorker().index]
	sh.worker.live.Add(1)
	ref := SessionRef{x, x.word.next()}
	sh.worker.urge(func() {
		defer s.partEnded()
		sh.dial([]*Session{x})
	})
	return ref, nil
}

// hold keeps the service from ending until partEnded. It tells whether it has
// not ended yet.
func (s *Service) hold() bool {
	for {
		n := s.open.Load()
		if n == 0 {
			return false
		}
		if s.open.CompareAndSwap(n, n+1) {
			return true
		}
	}
}
