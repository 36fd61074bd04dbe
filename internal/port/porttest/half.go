package porttest

import (
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// halfClose ends one direction, then sends much in the other.
func halfClose(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	ln := l.serve()
	for _, swap := range []bool{false, true} {
		c, s := ln.pair()
		if swap {
			c, s = s, c
		}
		c.read()
		s.read()
		c.write(100_000)
		c.sent()
		c.shutdown()
		s.finished(100_000)
		s.write(1 << 20)
		s.sent()
		c.received(1 << 20)
		s.shutdown()
		c.finished(1 << 20)
		c.close(port.HowClose)
		s.close(port.HowClose)
	}
}

// halfSend sends after the own FIN, which fails and does not harm receiving.
func halfSend(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, s := l.pair()
	c.read()
	c.shutdown()
	c.write(10)
	l.ended("the send", &c.send)
	if c.send.err == nil || c.send.n != 0 {
		l.fatalf("a send after HowShutdown ended with %v after %d bytes", c.send.err, c.send.n)
	}
	s.write(10)
	s.sent()
	c.received(10)
}

// halfPending submits HowShutdown while a Send is pending, which panics.
func halfPending(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, s := l.tinyPair()
	c.write(1 << 20)
	op := port.Op{Type: port.OpDisconnect, How: port.HowShutdown, Target: c.ref}
	l.panics("HowShutdown with a Send pending", func() { l.p.Submit(&op) })
	s.drain(c, 1<<20)
}

// eofLast receives everything that was sent before a FIN, then EOF, then
// nothing: the stream is not armed again.
func eofLast(t *testing.T, cfg *Config) {
	const total = 64 << 10
	l := newLoop(t, cfg)
	c, s := l.pair()
	c.write(total)
	c.sent()
	c.close(port.HowClose)
	s.read()
	s.finished(total)
	before := l.p.Stats().Rearms
	l.quiet(hush)
	if after := l.p.Stats().Rearms; after != before {
		l.fatalf("Rearms rose by %d after EOF", after-before)
	}
	s.read()
	s.finished(total)
}
