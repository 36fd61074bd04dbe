package porttest

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// echoServer is a port on a goroutine of its own. It echoes what comes over the
// connections that are posted to it.
type echoServer struct {
	l     *loop
	ready chan struct{} // closed when l is there, or never will be
	stop  atomic.Bool

	mu     sync.Mutex // guards what follows
	inbox  []port.Handle
	closed bool // the port must not be woken any more
}

// threadsDeal accepts on one port, serves on two others, and connects from a
// fourth, each on its own thread: what an engine with workers does.
func threadsDeal(t *testing.T, cfg *Config) {
	const clients, rounds, bytes = 32, 20, 3000
	l := newLoop(t, cfg)
	if l.drv.Caps().Virtual {
		t.Skip("a virtual network belongs to one goroutine")
	}
	var done sync.WaitGroup
	servers := [2]*echoServer{}
	for i := range servers {
		servers[i] = &echoServer{ready: make(chan struct{})}
		done.Go(func() { servers[i].run(t, cfg, l.drv) })
	}
	defer done.Wait()
	for _, s := range servers {
		<-s.ready
		defer s.end()
	}
	ln := l.serve()
	var ends [clients]*stream
	for i := range ends {
		ends[i] = ln.dial()
		l.until("a connection", func() bool { return len(ln.queue) > 0 })
		servers[i%2].post(ln.queue[0])
		ln.queue = nil
		l.ended("the connect", &ends[i].connect)
		l.ok("connect", ends[i].connect.err)
		ends[i].out.seed = l.seed()
		ends[i].in.seed = ends[i].out.seed
		ends[i].read()
	}
	for round := range rounds {
		for _, c := range ends {
			c.write(bytes)
		}
		for _, c := range ends {
			c.sent()
			c.received((round + 1) * bytes)
		}
	}
	for _, c := range ends {
		c.shutdown()
		c.finished(rounds * bytes)
		c.close(port.HowClose)
	}
}

// post gives h to the server. Any goroutine.
func (s *echoServer) post(h port.Handle) {
	s.mu.Lock()
	s.inbox = append(s.inbox, h)
	s.mu.Unlock()
	s.wake()
}

func (s *echoServer) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.l != nil && !s.closed {
		s.l.p.Wake()
	}
}

// end asks the server to return. Any goroutine.
func (s *echoServer) end() {
	s.stop.Store(true)
	s.wake()
}

// run serves until end.
func (s *echoServer) run(t *testing.T, cfg *Config, drv port.Driver) {
	var once sync.Once
	defer once.Do(func() { close(s.ready) })
	s.l = openLoop(t, cfg, drv, cfg.Port)
	defer s.finish()
	once.Do(func() { close(s.ready) })
	for !s.stop.Load() {
		s.l.turn(s.l.patience)
		s.mu.Lock()
		posted := s.inbox
		s.inbox = nil
		s.mu.Unlock()
		for _, h := range posted {
			s.l.newEcho(h)
		}
	}
}

// finish closes the port, which nobody wakes any more.
func (s *echoServer) finish() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.l.finish()
}

// newEcho attaches h and sends back what it receives, then its FIN.
func (l *loop) newEcho(h port.Handle) {
	s := &echoStream{}
	l.attach(s, port.KindStream, h)
	s.recv.owner, s.send.owner = &s.attachment, &s.attachment
	s.onData = func(data []byte) { s.waiting = append(s.waiting, data...) }
	s.read()
}

// echoStream is a stream that answers.
type echoStream struct {
	stream
	waiting []byte // to be sent
}

// HandleCompletion sends what waits, and ends when both sides have.
func (s *echoStream) HandleCompletion(ev *port.Event) {
	s.stream.HandleCompletion(ev)
	switch {
	case s.send.pending || s.end.pending || s.gone:
	case len(s.waiting) > 0:
		s.gather(s.waiting)
		s.waiting = nil
	case s.eof:
		s.disconnect(port.HowClose)
	}
}
