package porttest

import (
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// invalidLane submits a second operation of each lane, and a pending op, both
// of which panic and leave the first as it was.
func invalidLane(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	ln := l.serve()
	c, s := ln.pair()
	s.read()
	c.tinySend()
	c.write(1 << 20)
	second := []struct {
		what string
		op   port.Op
	}{
		{"a second Accept", port.Op{Type: port.OpAccept, Target: ln.ref}},
		{"a PreRecv next to an Accept", port.Op{Type: port.OpPreRecv, Target: ln.ref}},
		{"a second Recv", port.Op{Type: port.OpRecv, Target: s.ref}},
		{"a PreRecv next to a Recv", port.Op{Type: port.OpPreRecv, Target: s.ref}},
		{"a second Send", port.Op{Type: port.OpSend, Target: c.ref, Bufs: [][]byte{{1}}}},
	}
	for i := range second {
		l.panics(second[i].what, func() { l.p.Submit(&second[i].op) })
	}
	l.panics("submitting a pending Recv", func() { l.p.Submit(&s.recv.op) })
	l.panics("submitting a pending Send", func() { l.p.Submit(&c.send.op) })
	c.sent()
	s.received(1 << 20)
	c.disconnect(port.HowClose)
	end := port.Op{Type: port.OpDisconnect, How: port.HowAbort, Target: c.ref}
	l.panics("a second Disconnect", func() { l.p.Submit(&end) })
	l.ended("the disconnect", &c.end)
	s.finished(1 << 20)
	greet(ln.pair())
}

// tinySend makes a Send of s last for more than one turn.
func (s *stream) tinySend() {
	s.l.t.Helper()
	s.set(port.OptSendBufferBytes, tinySendBytes)
}

// invalidJob submits a pending job.
func invalidJob(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	w := &worker{}
	k := task{op: port.Op{Type: port.OpJob, Object: w}}
	l.submit(&k)
	l.panics("submitting a pending Job", func() { l.p.Submit(&k.op) })
	l.ended("the job", &k)
	l.quiet(hush)
}

// invalidRelease gives the same buffer back twice.
func invalidRelease(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, s := l.pair()
	s.keep = true
	s.read()
	c.write(10)
	c.sent()
	s.received(10)
	twice := s.kept[0]
	s.giveBack()
	l.panics("releasing a buffer twice", func() { l.p.Release(twice) })
	if n := l.p.Stats().Lent; n != 0 {
		l.fatalf("Lent is %d after all was released", n)
	}
	c.write(10_000)
	c.sent()
	s.received(c.out.pos)
}
