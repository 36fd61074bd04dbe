package raon_test

import (
	"testing"

	"github.com/raon-engine/raon"
)

// peer is a Handler that records what happens to its session. A test shapes it
// with functions, all called on the session's worker; nil ones do nothing.
type peer struct {
	watch
	t *testing.T

	connect    func(s *raon.Session)
	recv       func(s *raon.Session, data []byte) int // nil keeps everything in got
	disconnect func(s *raon.Session)

	ref    raon.SessionRef // of the last connection
	opened int             // OnConnect without an error
	failed error           // OnConnect's last error
	got    []byte
	ended  int // OnDisconnect
	reason raon.KickReason
	err    error
}

func (p *peer) OnConnect(s *raon.Session, err error) {
	if err != nil {
		p.change(func() { p.failed = err })
		return
	}
	if p.connect != nil {
		p.connect(s)
	}
	p.change(func() { p.opened++; p.ref = s.Ref() })
}

func (p *peer) OnRecv(s *raon.Session, data []byte) int {
	if p.recv != nil {
		return p.recv(s, data)
	}
	p.keep(data)
	return len(data)
}

func (p *peer) OnDisconnect(s *raon.Session, reason raon.KickReason, err error) {
	if p.disconnect != nil {
		p.disconnect(s)
	}
	p.change(func() { p.ended++; p.reason, p.err = reason, err })
}

// keep records received bytes.
func (p *peer) keep(data []byte) { p.change(func() { p.got = append(p.got, data...) }) }

// session waits for the connection.
func (p *peer) session() (ref raon.SessionRef) {
	p.t.Helper()
	p.await(p.t, "connect", func() bool { ref = p.ref; return p.opened > 0 })
	return ref
}

// awaitBytes waits for n bytes and gives all there are.
func (p *peer) awaitBytes(n int) (got []byte) {
	p.t.Helper()
	p.await(p.t, "received bytes", func() bool { got = p.got; return len(got) >= n })
	return got
}

// awaitEnd waits for the end and checks its reason.
func (p *peer) awaitEnd(reason raon.KickReason) error {
	p.t.Helper()
	p.await(p.t, "disconnect", func() bool { return p.ended > 0 })
	if p.reason != reason {
		p.t.Errorf("ended with %v (%v), want %v", p.reason, p.err, reason)
	}
	return p.err
}

// do runs fn on the session's worker and waits for it.
func (p *peer) do(fn func(s *raon.Session)) {
	p.t.Helper()
	done := make(chan struct{})
	if err := p.session().PushJob(func(s *raon.Session) { defer close(done); fn(s) }); err != nil {
		p.t.Fatalf("PushJob: %v", err)
	}
	await(p.t, "job", done)
}

// cast is a service and its handlers, in the order made: one per session.
type cast struct {
	*raon.Service
	watch
	t     *testing.T
	peers []*peer
}

// addr is where a server listens.
func (c *cast) addr() raon.Addr { return c.Addrs()[0] }

// peer waits for the n-th handler, which is the n-th connection's as long as
// none has ended.
func (c *cast) peer(n int) (p *peer) {
	c.t.Helper()
	c.await(c.t, "a handler", func() bool {
		if len(c.peers) > n {
			p = c.peers[n]
		}
		return p != nil
	})
	return p
}

// newHandler makes the function for the options; setup shapes each peer.
func (c *cast) newHandler(setup func(p *peer)) func() raon.Handler {
	return func() raon.Handler {
		p := &peer{t: c.t}
		if setup != nil {
			setup(p)
		}
		c.change(func() { c.peers = append(c.peers, p) })
		return p
	}
}

// serve starts a server on a port of its own unless opts say otherwise.
func (st *stage) serve(core *raon.Core, opts raon.ServerOptions, setup func(p *peer)) *cast {
	st.t.Helper()
	c := &cast{t: st.t}
	if len(opts.Listen)+len(opts.Adopt) == 0 {
		opts.Listen = []raon.Addr{st.addr("127.0.0.1:0")}
	}
	if opts.MaxSessions == 0 {
		opts.MaxSessions = 16
	}
	if opts.NewHandler == nil {
		opts.NewHandler = c.newHandler(setup)
	}
	s, err := core.RegisterServer(opts)
	if err != nil {
		st.t.Fatal(err)
	}
	return c.started(s)
}

// dial starts a client of one session unless opts say otherwise.
func (st *stage) dial(core *raon.Core, to raon.Addr, opts raon.ClientOptions, setup func(p *peer)) *cast {
	st.t.Helper()
	c := &cast{t: st.t}
	opts.Connect = to
	opts.Count = max(opts.Count, 1)
	if opts.NewHandler == nil {
		opts.NewHandler = c.newHandler(setup)
	}
	s, err := core.RegisterClient(opts)
	if err != nil {
		st.t.Fatal(err)
	}
	return c.started(s)
}

// started checks the service's pool when its core has been closed.
func (c *cast) started(s *raon.Service) *cast {
	c.Service = s
	c.t.Cleanup(func() {
		if err := s.Core().Close(); err != nil {
			c.t.Errorf("Close: %v", err)
		}
		checkPool(c.t, s)
	})
	return c
}

// addr parses an address.
func (st *stage) addr(s string) raon.Addr {
	st.t.Helper()
	a, err := raon.ParseAddr(s)
	if err != nil {
		st.t.Fatal(err)
	}
	return a
}

// echo answers everything with itself.
func echo(p *peer) {
	p.recv = func(s *raon.Session, data []byte) int {
		if err := s.SendBytes(data, 0); err != nil {
			p.t.Errorf("echo: %v", err)
		}
		return len(data)
	}
}
