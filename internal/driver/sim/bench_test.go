package sim

import (
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// echo is a connection whose two ends send each other the same bytes.
type echo struct {
	r    *rig
	recv [2]*port.Op
	send [2]*port.Op
}

func newEcho(t testing.TB, opts Options, bytes int) *echo {
	r := newRig(t, opts)
	client, server := r.pair()
	e := &echo{r: r}
	for i, ref := range []port.Ref{client, server} {
		e.recv[i] = &port.Op{Type: port.OpRecv, Target: ref}
		e.send[i] = r.send(ref, bytes)
		r.p.Submit(e.recv[i])
	}
	return e
}

// round is one message there and back, without the rig's helpers, whose cost
// would drown the rest.
func (e *echo) round() {
	for _, send := range e.send {
		e.r.p.Submit(send)
		for sent, got := false, 0; !sent || got < len(send.Bufs[0]); {
			n, err := e.r.p.Poll(e.r.out[:], time.Second)
			if err != nil {
				e.r.t.Fatal(err)
			}
			for i := range e.r.out[:n] {
				ev := &e.r.out[i]
				if ev.Op == send {
					sent = true
					continue
				}
				got += ev.N
				e.r.p.Release(ev.Buf)
			}
		}
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	e := newEcho(t, Options{Virtual: true, Latency: time.Millisecond, Faults: Faults{
		Delay: .5, ShortSend: .2, ShortRecv: .2, NoBuffers: .2, LostMore: .2, Late: .2, ShuffleEvents: .5,
	}}, 300)
	for range 100 {
		e.round()
	}
	if n := testing.AllocsPerRun(200, e.round); n != 0 {
		t.Errorf("a round allocates %v times", n)
	}
}

func BenchmarkEcho(b *testing.B) {
	e := newEcho(b, Options{Virtual: true, Latency: time.Millisecond}, 100)
	b.ReportAllocs()
	for b.Loop() {
		e.round()
	}
}

// BenchmarkSchedule is a world of its own with one connection and 200 ops.
func BenchmarkSchedule(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		e := newEcho(b, Options{Virtual: true, Latency: time.Millisecond, Faults: Faults{Delay: .1, ShortSend: .1}}, 100)
		for range 50 {
			e.round()
		}
		e.r.ok(e.r.p.Close())
	}
}
