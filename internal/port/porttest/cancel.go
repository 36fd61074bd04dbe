package porttest

import (
	"math/rand/v2"
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// cancelRecv races Cancel with bytes that arrive: each Recv ends once, and what
// it did not deliver comes with a later one.
func cancelRecv(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, s := l.pair()
	rng := rand.New(rand.NewPCG(2, 3000))
	for range 3000 {
		early := rng.IntN(2) == 0
		if early {
			s.read()
			l.turns(rng.IntN(3))
		}
		c.write(1 + rng.IntN(64))
		l.turns(rng.IntN(3))
		if !early {
			s.read()
		}
		for range 1 + rng.IntN(2) {
			l.p.Cancel(&s.recv.op)
		}
		l.ended("recv and send", &s.recv, &c.send)
		l.is("a canceled recv", s.recv.err, port.ErrCanceled)
		l.ok("send", c.send.err)
	}
	s.read()
	s.received(c.out.pos)
}

// turns polls n times without waiting.
func (l *loop) turns(n int) {
	l.t.Helper()
	for range n {
		l.turn(0)
	}
}

// cancelSend races Cancel with a Send: each ends once, and the peer gets the
// bytes that it says were taken and no others.
func cancelSend(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, s := l.tinyPair()
	s.read()
	rng := rand.New(rand.NewPCG(3, 500))
	for range 500 {
		c.write(1 + rng.IntN(96<<10))
		l.turns(rng.IntN(4))
		l.p.Cancel(&c.send.op)
		l.ended("the send", &c.send)
		if c.send.err != nil {
			l.is("a canceled send", c.send.err, port.ErrCanceled)
		}
	}
	c.shutdown()
	s.finished(c.out.pos)
}

// cancelStalled cancels a Send to a peer that does not read.
func cancelStalled(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, s := l.tinyPair()
	c.write(stalled)
	c.stall()
	l.p.Cancel(&c.send.op)
	l.ended("the send", &c.send)
	l.is("a canceled send", c.send.err, port.ErrCanceled)
	c.shutdown()
	s.read()
	s.finished(c.send.n)
}

// cancelAccept races Cancel with connections: each is accepted exactly once.
func cancelAccept(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	ln := l.serve()
	for i := range 400 {
		c := ln.dial()
		l.turns(i % 4)
		l.p.Cancel(&ln.accept.op)
		l.ended("accept and connect", &ln.accept, &c.connect)
		l.is("a canceled accept", ln.accept.err, port.ErrCanceled)
		l.ok("connect", c.connect.err)
		ln.start()
		s := ln.next()
		greet(c, s)
		c.close(port.HowAbort)
		s.close(port.HowClose)
	}
	l.quiet(hush)
	if len(ln.queue) != 0 {
		l.fatalf("%d connections were accepted twice", len(ln.queue))
	}
}

// cancelNothing cancels what is not pending, which does nothing.
func cancelNothing(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, s := l.pair()
	l.p.Cancel(&c.send.op) // never submitted
	s.read()
	c.write(8)
	c.sent()
	s.received(8)
	l.p.Cancel(&c.send.op) // ended
	never := port.Op{Type: port.OpRecv, Target: s.ref}
	l.p.Cancel(&never) // of a lane that is taken
	c.close(port.HowClose)
	s.finished(8)
	l.p.Cancel(&c.send.op) // its attachment is gone
	l.p.Cancel(&c.end.op)
	l.quiet(hush)
}
