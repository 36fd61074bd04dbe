package porttest

import (
	"math/rand/v2"
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// link is a connection of the stress, and the model of how much of it may be
// lost: nothing, unless an end was aborted or closed early.
type link struct {
	ends  [2]*stream
	shut  [2]bool // sent its FIN
	rough bool    // an end was aborted, or closed before all had been read
}

// stress does random things to random connections. The loop counts lost and
// repeated completions and foreign bytes; at the end no byte may be missing.
type stress struct {
	l     *loop
	ln    *listener
	rng   *rand.Rand
	links [50]link
}

// stressRandom runs 20,000 steps of one seed.
func stressRandom(t *testing.T, cfg *Config) {
	const steps = 20_000
	l := newLoop(t, cfg)
	x := &stress{l: l, ln: l.serve(), rng: rand.New(rand.NewPCG(6, steps))}
	for range steps {
		k := &x.links[x.rng.IntN(len(x.links))]
		if k.ends[0] == nil {
			x.open(k)
		} else {
			x.step(k, x.rng.IntN(2))
		}
		if x.rng.IntN(4) == 0 {
			l.turn(0)
		}
	}
	for i := range x.links {
		if x.links[i].ends[0] != nil {
			x.settle(&x.links[i])
		}
	}
}

func (x *stress) open(k *link) {
	x.l.t.Helper()
	*k = link{}
	k.ends[0], k.ends[1] = x.ln.pair()
	for _, s := range k.ends {
		if x.rng.IntN(2) == 0 {
			s.tinySend()
		}
		s.read()
	}
}

// step does one thing to end i of k.
func (x *stress) step(k *link, i int) {
	x.l.t.Helper()
	s := k.ends[i]
	switch n := x.rng.IntN(100); {
	case s.gone || s.end.pending:
		x.bury(k)
	case n < 50:
		if !s.send.pending && !k.shut[i] && !s.broken() {
			s.write(x.size())
		}
	case n < 70:
		if !s.recv.pending && s.readable() {
			s.read()
		}
	case n < 80:
		x.l.p.Cancel(&s.recv.op)
	case n < 88:
		x.l.p.Cancel(&s.send.op)
	case n < 92:
		if !s.send.pending && !k.shut[i] && !s.broken() {
			k.shut[i] = true
			s.disconnect(port.HowShutdown)
		}
	case n < 96:
		k.rough = true
		s.disconnect(port.HowAbort)
	default:
		k.rough = true
		s.disconnect(port.HowClose)
	}
}

// size is mostly small, and sometimes more than all buffers hold.
func (x *stress) size() int {
	if x.rng.IntN(20) == 0 {
		return 1 + x.rng.IntN(256<<10)
	}
	return 1 + x.rng.IntN(2000)
}

// broken tells whether a Send has failed for good.
func (s *stream) broken() bool {
	return s.send.ends > 0 && s.send.err != nil && s.send.err != port.ErrCanceled
}

// readable tells whether another Recv can give something.
func (s *stream) readable() bool { return s.recv.err == nil || s.recv.err == port.ErrCanceled }

// bury closes what is left of k when one end is gone. How much was sent is exact
// when the sends have ended: one that is pending may have given the kernel more
// than its driver knows of yet.
func (x *stress) bury(k *link) {
	x.l.t.Helper()
	for _, s := range k.ends {
		if s.end.pending {
			x.l.ended("disconnect", &s.end)
		}
		if !s.gone {
			s.close(port.HowClose)
		}
	}
	for _, s := range k.ends {
		if got, sent := s.in.pos, s.peer(k).taken(); got > sent {
			last := s.peer(k).send
			x.l.fatalf("received %d bytes of which %d were sent; the last send ended with %v after %d", got, sent, last.err, last.n)
		}
	}
	k.ends = [2]*stream{}
}

func (s *stream) peer(k *link) *stream {
	if k.ends[0] == s {
		return k.ends[1]
	}
	return k.ends[0]
}

// taken is how many bytes the system has taken from s.
func (s *stream) taken() int {
	if s.send.pending {
		return s.out.pos + s.send.op.Done
	}
	return s.out.pos
}

// settle ends k gracefully: what was sent has arrived, unless an end was rough.
func (x *stress) settle(k *link) {
	x.l.t.Helper()
	if k.rough {
		x.bury(k)
		return
	}
	for i, s := range k.ends {
		if s.end.pending {
			x.l.ended("the shutdown", &s.end)
		}
		if !s.recv.pending && s.readable() {
			s.read()
		}
		if p := s.peer(k); !p.recv.pending && p.readable() {
			p.read()
		}
		x.l.ended("the last send", &s.send)
		if !k.shut[i] {
			s.shutdown()
		}
	}
	for _, s := range k.ends {
		s.finished(s.peer(k).out.pos)
		s.close(port.HowClose)
	}
}
