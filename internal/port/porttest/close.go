package porttest

import (
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// closeGraceful ends a connection the way that loses nothing, while the peer
// keeps sending: it gets every byte and a clean EOF.
func closeGraceful(t *testing.T, cfg *Config) {
	const total = 16 << 20
	l := newLoop(t, cfg)
	c, s := l.pair()
	flood := func() {
		if !c.send.pending && !c.eof {
			c.write(64 << 10)
		}
	}
	c.read()
	s.read()
	s.write(total)
	l.until("the send", func() bool { flood(); return !s.send.pending })
	l.ok("send", s.send.err)
	s.shutdown()
	l.until("EOF at the peer", func() bool { flood(); return !c.recv.pending })
	c.finished(total)
	c.sent()
	c.shutdown()
	s.finished(c.out.pos)
	s.close(port.HowClose)
	c.close(port.HowClose)
}

// closePending closes streams that send and receive, many in one turn: both
// operations end, then the Disconnect, then nothing.
func closePending(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	for _, how := range []port.How{port.HowClose, port.HowAbort} {
		var clients, servers [16]*stream
		for i := range clients {
			clients[i], servers[i] = l.tinyPair()
			clients[i].read()
			clients[i].write(stalled)
		}
		clients[0].stall()
		for _, c := range clients {
			c.disconnect(how)
		}
		for i, c := range clients {
			l.ended("recv, send and disconnect", &c.recv, &c.send, &c.end)
			l.ok("disconnect", c.end.err)
			l.is("recv ended by Disconnect", c.recv.err, port.ErrCanceled)
			l.is("send ended by Disconnect", c.send.err, port.ErrCanceled)
			l.last(&c.attachment, &c.recv, &c.send)
			servers[i].read()
		}
		for i, s := range servers {
			l.ended("the peer's recv", &s.recv)
			if how == port.HowClose && (!s.eof || s.in.pos != clients[i].send.n) {
				l.fatalf("the peer's recv ended with %v after %d bytes, Done was %d",
					s.recv.err, s.in.pos, clients[i].send.n)
			} else if how == port.HowAbort {
				l.is("recv when the peer aborts", s.recv.err, port.ErrReset)
			}
		}
		l.quiet(hush)
	}
}

// last fails unless the Disconnect of a ended after ks.
func (l *loop) last(a *attachment, ks ...*task) {
	l.t.Helper()
	for _, k := range ks {
		if a.end.rank < k.rank {
			l.fatalf("Disconnect ended before the pending %v", k.op.Type)
		}
	}
}

// closeUnpolled disconnects in the turn that submitted the operations, which
// then may not have begun.
func closeUnpolled(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	for _, how := range []port.How{port.HowClose, port.HowAbort} {
		ln := l.serve()
		dialing := ln.dial()
		dialing.disconnect(how)
		ln.disconnect(how)
		l.ended("accept and connect", &ln.accept, &ln.end, &dialing.connect, &dialing.end)
		l.last(&ln.attachment, &ln.accept)
		l.last(&dialing.attachment, &dialing.connect)
		ln.discard()

		c, s := l.pair()
		c.read()
		c.write(100)
		c.disconnect(how)
		s.prepare()
		s.disconnect(how)
		l.ended("both ends", &c.recv, &c.send, &c.end, &s.recv, &s.end)
		l.last(&c.attachment, &c.recv, &c.send)
		l.last(&s.attachment, &s.recv)
	}
}

// closePort closes a port that has everything: attachments, pending operations
// and lent buffers. Config.Check sees whether the handles are closed.
func closePort(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	ln := l.serve()
	for range 8 {
		c, s := ln.pair()
		s.keep = true
		s.read()
		c.read()
		c.tinySend()
		c.write(stalled)
	}
	ln.dial()
	l.until("a lent buffer", func() bool { return l.p.Stats().Lent > 0 })
	l.until("the last connection", func() bool { return len(ln.queue) > 0 })
	ln.discard()
	l.shut()
}
