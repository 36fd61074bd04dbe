package porttest

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// The buffers of a connection that a Send of more than a few bytes does not
// fit. With a receive buffer below a segment of the loopback, TCP waits for its
// own timers, and the tests would too.
const (
	tinySendBytes = 4 << 10
	tinyRecvBytes = 32 << 10
)

// tinyPair is a pair with such buffers.
func (l *loop) tinyPair() (client, server *stream) {
	l.t.Helper()
	client, server = l.pair()
	for _, s := range []*stream{client, server} {
		s.set(port.OptSendBufferBytes, tinySendBytes)
		s.set(port.OptRecvBufferBytes, tinyRecvBytes)
	}
	return client, server
}

// sendWhole sends much through tiny buffers to a reader that pauses.
func sendWhole(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, s := l.tinyPair()
	for _, n := range []int{1, 1 << 10, 64<<10 + 1, 1 << 20} {
		c.write(n)
		s.drain(c, n/4+1)
	}
}

// sendHuge sends 64 MiB in one Send.
func sendHuge(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, s := l.tinyPair()
	s.set(port.OptRecvBufferBytes, 2*tinyRecvBytes)
	c.write(64 << 20)
	s.drain(c, 16<<20)
}

// drain reads what peer is sending to its end. After each pause bytes it stops
// reading until the sender has stalled. Done of the Send keeps up with what
// arrives.
func (s *stream) drain(peer *stream, pause int) {
	s.l.t.Helper()
	end := s.in.pos + peer.send.total()
	for s.in.pos < end {
		s.read()
		stop := min(end, s.in.pos+pause)
		s.l.until("bytes to arrive", func() bool {
			arrived := peer.send.total() - (end - s.in.pos)
			if arrived > peer.send.op.Done+port.SendChunk {
				s.l.fatalf("%d bytes have arrived when Done is %d", arrived, peer.send.op.Done)
			}
			return s.in.pos >= stop
		})
		s.cancelRead()
		peer.stall()
	}
	peer.sent()
	if s.in.pos != end {
		s.l.fatalf("%d bytes too many have arrived", s.in.pos-end)
	}
}

// cancelRead cancels the Recv and waits for its end.
func (s *stream) cancelRead() {
	s.l.t.Helper()
	s.l.p.Cancel(&s.recv.op)
	s.l.ended("the canceled recv", &s.recv)
	s.l.is("a canceled recv", s.recv.err, port.ErrCanceled)
}

// stall polls until the Send of s has ended or makes no progress.
func (s *stream) stall() {
	s.l.t.Helper()
	for before := -1; s.send.pending && s.send.op.Done != before; {
		before = s.send.op.Done
		s.l.while(time.Millisecond)
	}
}

// sendGather sends from many slices, some of them empty, and finds them as
// they were.
func sendGather(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, s := l.tinyPair()
	s.read()
	rng := rand.New(rand.NewPCG(1, 64))
	for _, n := range []int{1, 2, 3, 7, 31, 63, 64} {
		bufs := make([][]byte, n)
		next := c.out
		for i := range bufs {
			bufs[i] = next.take(sliceSize(rng))
		}
		lent := append([][]byte(nil), bufs...)
		c.gather(bufs...)
		c.sent()
		s.received(c.out.pos)
		for i := range bufs {
			if len(bufs[i]) != len(lent[i]) || len(lent[i]) > 0 && &bufs[i][0] != &lent[i][0] {
				l.fatalf("the Send has changed slice %d of the caller's", i)
			}
		}
	}
}

// sliceSize is often 0, mostly small, and sometimes more than a send buffer.
func sliceSize(rng *rand.Rand) int {
	switch rng.IntN(4) {
	case 0:
		return 0
	case 1:
		return rng.IntN(3 * tinySendBytes)
	}
	return 1 + rng.IntN(100)
}

// sendNothing sends no bytes at all, in three ways.
func sendNothing(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, s := l.pair()
	s.read()
	c.gather()
	c.sent()
	c.gather(nil)
	c.sent()
	c.gather(make([][]byte, port.MaxGather)...)
	c.sent()
	l.quiet(hush)
	c.write(8)
	s.received(8)
}

// sendTooMany gathers one slice more than allowed, which panics and harms
// nothing.
func sendTooMany(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, s := l.pair()
	op := port.Op{Type: port.OpSend, Target: c.ref, Bufs: make([][]byte, port.MaxGather+1)}
	l.panics("a Send of MaxGather+1 slices", func() { l.p.Submit(&op) })
	s.read()
	c.write(8)
	c.sent()
	s.received(8)
}
