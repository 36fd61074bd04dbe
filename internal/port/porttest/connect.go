package porttest

import (
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// connectRefused connects to where nobody listens any more.
func connectRefused(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	ln := l.listen(loopback4, port.ListenOptions{})
	ln.close(port.HowClose)
	for range 3 {
		c := ln.dial()
		l.ended("the connect", &c.connect)
		l.is("connect to a closed listener", c.connect.err, port.ErrRefused)
		c.close(port.HowClose)
	}
}

// connectUnanswered cancels connects that nobody answers, as a caller whose
// timeout has passed does.
func connectUnanswered(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	addr := l.silent()
	c, d := l.socket(addr), l.socket(addr)
	c.dial(addr)
	d.dial(addr)
	l.quiet(hush)
	l.p.Cancel(&c.connect.op)
	l.ended("the canceled connect", &c.connect)
	l.is("a canceled connect", c.connect.err, port.ErrCanceled)
	c.close(port.HowClose)
	d.disconnect(port.HowClose)
	l.ended("connect and disconnect", &d.connect, &d.end)
	l.is("a connect ended by Disconnect", d.connect.err, port.ErrCanceled)
}

// silent is an address that answers no connect for as long as the test lasts.
func (l *loop) silent() port.Addr {
	l.t.Helper()
	if l.cfg.Silent.IsValid() {
		return l.cfg.Silent
	}
	ln := l.listen(loopback4, port.ListenOptions{Backlog: 1})
	for range 16 {
		c := ln.dial()
		for began := l.now(); c.connect.pending && l.now()-began < 10*hush; {
			l.turn(hush)
		}
		if c.connect.pending {
			return ln.addr
		}
		l.ok("connect", c.connect.err)
	}
	l.fatalf("a backlog of 1 took 16 connections; Config.Silent would help")
	return port.Addr{}
}

// connectUnreachable connects to where no way leads.
func connectUnreachable(t *testing.T, cfg *Config) {
	if !cfg.Unreachable.IsValid() {
		t.Skip("Config.Unreachable is not set")
	}
	l := newLoop(t, cfg)
	c := l.socket(cfg.Unreachable)
	c.dial(cfg.Unreachable)
	l.ended("the connect", &c.connect)
	l.is("connect to nowhere", c.connect.err, port.ErrUnreachable)
}

// connectCancel cancels connects that are about to succeed: each ends once,
// with either result.
func connectCancel(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	ln := l.serve()
	for i := range 300 {
		c := ln.dial()
		for range i % 4 {
			l.turn(0)
		}
		l.p.Cancel(&c.connect.op)
		l.ended("the connect", &c.connect)
		if c.connect.err != nil {
			l.is("a canceled connect", c.connect.err, port.ErrCanceled)
		}
		c.close(port.HowAbort)
		ln.discard()
	}
	l.while(hush)
	ln.discard() // accepted after their client had gone
	greet(ln.pair())
}
