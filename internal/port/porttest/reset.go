package porttest

import (
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// stalled is how much never fits into the buffers of a tinyPair.
const stalled = 1 << 20

// broken are the outcomes of a Send to a connection that is no more; systems
// differ in which.
var broken = []error{port.ErrReset, port.ErrAborted, port.ErrClosed}

// resetPending aborts the peer of a stream that sends and receives. Neither
// may end as if all were well: a Send has not sent all, and an EOF would say
// that the peer had finished.
func resetPending(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	for range 20 {
		c, s := l.tinyPair()
		c.read()
		c.write(stalled)
		c.stall()
		s.close(port.HowAbort)
		l.ended("send and recv", &c.send, &c.recv)
		l.is("recv when the peer aborts", c.recv.err, port.ErrReset)
		l.is("send when the peer aborts", c.send.err, broken...)
		c.close(port.HowClose)
	}
}

// resetRecv aborts the peer of a stream that only receives.
func resetRecv(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, s := l.pair()
	c.read()
	l.turn(0)
	s.close(port.HowAbort)
	l.ended("the recv", &c.recv)
	l.is("recv when the peer aborts", c.recv.err, port.ErrReset)
	l.quiet(hush)
}

// resetUnread closes the peer while it has unread input, which resets.
func resetUnread(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, s := l.pair()
	c.write(1000)
	c.sent()
	s.prepare()
	l.ended("bytes to be there", &s.recv)
	s.close(port.HowClose)
	c.read()
	l.ended("the recv", &c.recv)
	l.is("recv when the peer closes with unread input", c.recv.err, port.ErrReset)
}

// writeClosed sends to a peer that has closed: sooner or later it fails, and
// stays so.
func writeClosed(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, s := l.pair()
	c.read()
	s.close(port.HowClose)
	c.finished(0)
	failures := 0
	for range 200 {
		c.write(1024)
		l.ended("the send", &c.send)
		if c.send.err != nil {
			l.is("send to a closed peer", c.send.err, broken...)
			failures++
		} else if failures > 0 {
			l.fatalf("a send succeeds after one has failed")
		}
		if failures == 3 {
			return
		}
		l.while(hush / 10)
	}
	l.fatalf("200 sends to a closed peer succeeded")
}
