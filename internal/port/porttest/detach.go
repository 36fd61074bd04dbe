package porttest

import (
	"errors"
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// detachListener hands a listener to another port, as a restart does, where the
// system can do that. Whoever connects in between waits in the backlog.
func detachListener(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	other := l.sibling()
	ln := l.serve()
	greet(ln.pair())
	l.panics("Detach with an Accept pending", func() { _, _ = l.p.Detach(ln.ref) })
	ln.stop()
	h, err := l.detach(ln)
	if errors.Is(err, port.ErrNotSupported) { // and nothing has changed
		ln.start()
		greet(ln.pair())
		return
	}
	l.ok("Detach", err)
	if h != ln.handle {
		l.fatalf("Detach gave handle %#x, attached was %#x", h, ln.handle)
	}
	k := task{op: port.Op{Type: port.OpAccept, Target: ln.ref}}
	l.submit(&k)
	l.ended("an accept of a detached listener", &k)
	l.is("accept of a detached listener", k.err, port.ErrClosed)

	c := ln.dial()
	l.ended("the connect", &c.connect)
	l.ok("connect", c.connect.err)
	heir := other.adopt(h)
	heir.start()
	s := heir.next()
	join(c, s)
	s.read()
	c.write(100)
	c.sent()
	s.received(100)
}

// detachStream moves a connection with unread bytes to another port, where the
// system can do that.
func detachStream(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	other := l.sibling()
	c, s := l.pair()
	s.read()
	c.write(1000)
	c.sent()
	s.received(1000)
	s.cancelRead()
	c.write(1000)
	c.sent()
	h, err := l.detach(s)
	if errors.Is(err, port.ErrNotSupported) {
		s.close(port.HowClose)
		return
	}
	l.ok("Detach", err)
	moved := other.newStream(h)
	moved.in, moved.out = s.in, s.out
	moved.read()
	moved.received(2000)
	moved.write(1000)
	c.read()
	moved.sent()
	c.received(1000)
}

// detachGone detaches what is not attached.
func detachGone(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, _ := l.pair()
	c.close(port.HowClose)
	_, err := l.p.Detach(c.ref)
	l.is("Detach of a closed attachment", err, port.ErrClosed)
}
