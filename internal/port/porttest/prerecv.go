package porttest

import (
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// preRecvBytes waits for bytes, also while all buffers are lent, and leaves
// them for a Recv.
func preRecvBytes(t *testing.T, cfg *Config) {
	l := newStarvedLoop(t, cfg)
	hogs := l.starve(2, 8<<10)
	c, s := l.pair()
	for i := range 50 {
		if i%2 == 0 { // else the bytes are first
			s.prepare()
			l.quiet(hush / 10)
		}
		c.write(100)
		c.sent()
		if !s.recv.pending {
			s.prepare()
		}
		l.ended("the pre-recv", &s.recv)
		l.ok("pre-recv", s.recv.err)
		if s.recv.n != 0 {
			l.fatalf("pre-recv moved %d bytes", s.recv.n)
		}
		if i == 0 {
			l.relieve(hogs, 8<<10)
		}
		s.read()
		s.received(c.out.pos)
		s.cancelRead()
	}
}

// preRecvEnds waits for what is no bytes: EOF, a reset, a connection, Cancel.
func preRecvEnds(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, s := l.pair()
	s.prepare()
	l.quiet(hush)
	l.p.Cancel(&s.recv.op)
	l.ended("the pre-recv", &s.recv)
	l.is("a canceled pre-recv", s.recv.err, port.ErrCanceled)
	s.prepare()
	c.shutdown()
	l.ended("the pre-recv", &s.recv)
	l.ok("pre-recv at EOF", s.recv.err)
	s.read()
	s.finished(0)

	c, s = l.pair()
	s.prepare()
	c.close(port.HowAbort)
	l.ended("the pre-recv", &s.recv)
	if s.recv.err == nil {
		s.read()
		l.ended("the recv", &s.recv)
	}
	l.is("pre-recv and recv after a reset", s.recv.err, port.ErrReset)

	ln := l.listen(loopback4, port.ListenOptions{})
	ln.accept.op = port.Op{Type: port.OpPreRecv, Target: ln.ref}
	l.submit(&ln.accept)
	c = ln.dial()
	l.ended("the pre-recv", &ln.accept)
	l.ok("pre-recv of a listener", ln.accept.err)
	ln.start()
	greet(c, ln.next())
}

// other is an application's own handle.
type other struct {
	attachment
	wait task
}

// preRecvOther waits for a handle that is no socket of the driver's.
func preRecvOther(t *testing.T, cfg *Config) {
	if cfg.Other == nil {
		t.Skip("Config.Other is not set")
	}
	l := newLoop(t, cfg)
	for _, canceled := range []bool{true, false} {
		h, ready := cfg.Other(t, l.drv)
		o := &other{}
		l.attach(o, port.KindOther, h)
		o.wait = task{owner: &o.attachment, op: port.Op{Type: port.OpPreRecv, Target: o.ref}}
		l.submit(&o.wait)
		l.quiet(hush)
		if canceled {
			o.disconnect(port.HowClose)
			l.ended("pre-recv and disconnect", &o.wait, &o.end)
			l.is("a disconnected pre-recv", o.wait.err, port.ErrCanceled)
			continue
		}
		ready()
		l.ended("the pre-recv", &o.wait)
		l.ok("pre-recv of another handle", o.wait.err)
		o.close(port.HowClose)
	}
}
