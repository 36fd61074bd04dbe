package porttest

import (
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// acceptStorm connects more clients at once than any batch holds: each is
// accepted exactly once.
func acceptStorm(t *testing.T, cfg *Config) {
	const clients = 600
	l := newLoop(t, cfg)
	ln := l.serve()
	byAddr := map[port.Addr]*stream{}
	connects := make([]*task, clients)
	for i := range connects {
		connects[i] = &ln.dial().connect
	}
	l.ended("the connects", connects...)
	for _, o := range l.objects {
		if c, ok := o.(*stream); ok {
			l.ok("connect", c.connect.err)
			addr, err := l.drv.LocalAddr(c.handle)
			l.ok("LocalAddr", err)
			byAddr[addr] = c
		}
	}
	if len(byAddr) != clients {
		l.fatalf("%d clients have %d addresses", clients, len(byAddr))
	}
	for range clients {
		s := ln.next()
		addr, err := l.drv.PeerAddr(s.handle)
		l.ok("PeerAddr", err)
		c := byAddr[addr]
		if c == nil {
			l.fatalf("accepted %v, which is nobody or was accepted before", addr)
		}
		delete(byAddr, addr)
		greet(c, s)
	}
	l.quiet(hush)
}

// greet starts eight bytes from c to s, to show that they are connected.
func greet(c, s *stream) {
	c.l.t.Helper()
	join(c, s)
	s.read()
	c.write(8)
	c.sent()
	s.received(8)
}

// acceptCancel ends the stream, after which connections wait in the backlog
// for the next Accept.
func acceptCancel(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	ln := l.serve()
	ln.pair()
	for range 20 {
		ln.stop()
		c := ln.dial()
		l.ended("the connect", &c.connect)
		l.ok("connect", c.connect.err)
		if len(ln.queue) != 0 {
			l.fatalf("accepted after the accept was canceled")
		}
		ln.start()
		greet(c, ln.next())
	}
}

// acceptUnattached closes accepted handles that no port has.
func acceptUnattached(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	ln := l.serve()
	for _, abort := range []bool{false, true} {
		c := ln.dial()
		l.until("a connection", func() bool { return len(ln.queue) > 0 && !c.connect.pending })
		l.ok("CloseHandle", l.drv.CloseHandle(ln.queue[0], abort))
		ln.queue = nil
		c.read()
		if abort {
			l.ended("the recv", &c.recv)
			l.is("recv after the peer's CloseHandle with abort", c.recv.err, port.ErrReset)
		} else {
			c.finished(0)
		}
	}
}

// acceptDead resets a connection before it is accepted, which is no error of
// the listener.
func acceptDead(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	ln := l.listen(loopback4, port.ListenOptions{})
	for range 8 {
		c := ln.dial()
		l.ended("the connect", &c.connect)
		l.ok("connect", c.connect.err)
		c.close(port.HowAbort)
	}
	ln.start()
	c := ln.dial()
	l.ended("the connect", &c.connect)
	c.out.seed = l.seed()
	c.write(8)
	for alive := false; !alive; {
		s := ln.next()
		s.in.seed = c.out.seed
		s.read()
		l.until("bytes or a reset", func() bool { return s.in.pos > 0 || !s.recv.pending })
		if alive = s.in.pos > 0; !alive {
			l.is("recv of a connection that was reset", s.recv.err, port.ErrReset)
		}
	}
}
