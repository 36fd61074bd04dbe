package sim

import (
	"errors"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// churn is a random program on two ports of one world, checked against a model:
// every op ends once, every byte is the one that was sent, an EOF comes after
// all of them. Everything in it hangs on the seed.
type churn struct {
	t     *testing.T
	w     *World
	drv   port.Driver
	rng   *rand.Rand
	ports [2]*churnPort
	ends  []*churnEnd // all there ever were
	log   []string
}

type churnPort struct {
	p      *Port
	accept port.Op
	out    []port.Event
	held   []port.Buf
}

// churnEnd is one end of a connection, and the Object of its events.
type churnEnd struct {
	label
	c      *churn
	at     *churnPort
	id     int
	ref    port.Ref
	handle port.Handle
	mate   *churnEnd
	ops    [port.Lanes]port.Op
	busy   [port.Lanes]bool
	done   int  // bytes that the kernel took
	got    int  // bytes received
	hurt   bool // an error was told
	ending bool // HowClose or HowAbort
	gone   bool
}

func runChurn(t *testing.T, seed uint64, steps int) []string {
	rng := rand.New(rand.NewPCG(seed, 7))
	c := &churn{t: t, rng: rng}
	c.w = New(Options{
		Seed: seed, Virtual: true, Faults: c.faults(), HandleLimit: 8 + rng.IntN(20),
		SocketBufferBytes: 1 << rng.IntN(13), Latency: time.Duration(rng.IntN(2000)) * time.Microsecond,
	})
	c.drv = c.w.Driver()
	for i := range c.ports {
		c.ports[i] = c.open()
	}
	for range steps {
		c.step()
	}
	c.finish()
	return c.log
}

// faults gives each fault a probability, often zero.
func (c *churn) faults() Faults {
	p := func() float64 { return max(0, c.rng.Float64()-.7) }
	return Faults{
		Delay: p(), MaxDelay: 5 * time.Millisecond, Reset: p() / 20, ResetDiscards: p() * 3,
		ConnectRefused: p() / 4, ConnectTimeout: p() / 4, Unreachable: p() / 4,
		ShortSend: p(), ShortRecv: p(), NoBuffers: p(), LostMore: p(), AcceptTooManyFiles: p(),
		SpuriousWake: p(), ShuffleEvents: p() * 3, Late: p(),
	}
}

const churnAddr = "127.0.0.1:7"

// open makes a port with a listener that shares the address with the other's.
func (c *churn) open() *churnPort {
	p, err := c.drv.NewPort(port.PortOptions{RecvBuffers: 1 + c.rng.IntN(6), RecvBufferBytes: 1 << c.rng.IntN(12)})
	c.ok(err)
	at := &churnPort{p: p.(*Port), out: make([]port.Event, 1+c.rng.IntN(8))}
	h, err := c.drv.Listen(addr(c.t, churnAddr), port.ListenOptions{Backlog: 1 + c.rng.IntN(4), ReusePort: true})
	c.ok(err)
	ref, err := p.Attach(h, port.KindListener, label("listener"))
	c.ok(err)
	at.accept = port.Op{Type: port.OpAccept, Target: ref}
	p.Submit(&at.accept)
	return at
}

func (c *churn) ok(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// step does something, and sometimes lets the world go on.
func (c *churn) step() {
	at := c.ports[c.rng.IntN(2)]
	if c.rng.IntN(3) == 0 {
		c.poll(at, time.Duration(c.rng.IntN(3))*time.Millisecond)
		return
	}
	if len(c.ends) == 0 || c.rng.IntN(12) == 0 {
		c.dial(at)
		return
	}
	e := c.ends[max(0, len(c.ends)-1-c.rng.IntN(8))]
	if e.gone || e.ending {
		return
	}
	switch c.rng.IntN(16) {
	case 0:
		e.submit(port.Op{Type: port.OpDisconnect, How: port.HowClose})
	case 1:
		e.submit(port.Op{Type: port.OpDisconnect, How: port.HowAbort})
	case 2:
		if !e.busy[port.LaneWrite] {
			e.submit(port.Op{Type: port.OpDisconnect, How: port.HowShutdown})
		}
	case 3:
		e.at.p.Cancel(&e.ops[c.rng.IntN(2)])
	case 4:
		e.submit(port.Op{Type: port.OpPreRecv})
	case 5, 6:
		e.at.release()
	case 7:
		e.move(c.ports[c.rng.IntN(2)])
	case 8, 9, 10:
		e.submit(port.Op{Type: port.OpRecv})
	default:
		e.send(1 + c.rng.IntN(3000))
	}
}

// dial starts a connection from a port, if there is a handle for it.
func (c *churn) dial(at *churnPort) {
	to := addr(c.t, churnAddr)
	h, err := c.drv.Socket(to)
	if errors.Is(err, port.ErrTooManyFiles) {
		return
	}
	c.ok(err)
	e := c.attach(at, h)
	e.submit(port.Op{Type: port.OpConnect, Addr: &to})
}

// attach makes an end of a handle.
func (c *churn) attach(at *churnPort, h port.Handle) *churnEnd {
	e := &churnEnd{c: c, at: at, id: len(c.ends), handle: h}
	ref, err := at.p.Attach(h, port.KindStream, e)
	c.ok(err)
	e.ref = ref
	c.ends = append(c.ends, e)
	return e
}

// submit starts an op unless its lane is busy.
func (e *churnEnd) submit(op port.Op) bool {
	lane := op.Type.Lane()
	if e.busy[lane] {
		return false
	}
	e.busy[lane] = true
	e.ending = lane == port.LaneEnd && op.How != port.HowShutdown
	op.Target = e.ref
	e.ops[lane] = op
	e.at.p.Submit(&e.ops[lane])
	return true
}

// send sends n bytes of the pattern in two pieces.
func (e *churnEnd) send(n int) {
	b := make([]byte, n)
	for i := range b {
		b[i] = e.pattern(e.done + i)
	}
	e.submit(port.Op{Type: port.OpSend, Bufs: [][]byte{b[:n/3], b[n/3:]}})
}

func (e *churnEnd) pattern(i int) byte { return byte(e.id*37 + i*3 + i>>8) }

// move takes an end to another port if nothing is pending.
func (e *churnEnd) move(to *churnPort) {
	if e.busy != [port.Lanes]bool{} {
		return
	}
	h, err := e.at.p.Detach(e.ref)
	e.c.ok(err)
	e.at = to
	e.ref, err = to.p.Attach(h, port.KindStream, e)
	e.c.ok(err)
}

func (at *churnPort) release() {
	for _, b := range at.held {
		at.p.Release(b)
	}
	at.held = at.held[:0]
}

func (c *churn) poll(at *churnPort, wait time.Duration) {
	n, err := at.p.Poll(at.out, wait)
	c.ok(err)
	for i := range at.out[:n] {
		c.take(at, &at.out[i])
	}
}

// finish closes everything and lets nothing remain.
func (c *churn) finish() {
	for _, at := range c.ports {
		at.p.Submit(&port.Op{Type: port.OpDisconnect, How: port.HowClose, Target: at.accept.Target})
	}
	for rounds := 0; c.ports[0].p.Stats().Attached+c.ports[1].p.Stats().Attached > 0; rounds++ {
		if rounds > 10_000 {
			c.t.Fatal("the ends do not end")
		}
		for _, e := range c.ends {
			if !e.gone && !e.ending {
				e.submit(port.Op{Type: port.OpDisconnect, How: port.HowClose})
			}
		}
		for _, at := range c.ports {
			at.release()
			c.drain(at)
		}
	}
	for _, at := range c.ports {
		at.release()
	}
	for c.w.Step() {
		c.t.Error("something was to happen when nothing was left")
	}
	c.ok(c.w.Check())
	for _, at := range c.ports {
		c.ok(at.p.Close())
	}
}

// drain polls once. The listener's end is of no end.
func (c *churn) drain(at *churnPort) {
	n, err := at.p.Poll(at.out, 0)
	c.ok(err)
	for i := range at.out[:n] {
		if ev := &at.out[i]; ev.Op.Target != at.accept.Target || ev.Op == &at.accept {
			c.take(at, ev)
		}
	}
}

func TestChurn(t *testing.T) {
	for seed := range uint64(500) {
		runChurn(t, seed, 300)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func TestSameSeedSameEvents(t *testing.T) {
	digests := map[uint64]bool{}
	for seed := range uint64(20) {
		first, second := runChurn(t, seed, 1000), runChurn(t, seed, 1000)
		for i := range first {
			if i >= len(second) || first[i] != second[i] {
				t.Fatalf("seed %d: event %d differs: %s", seed, i, first[i])
			}
		}
		h := fnv.New64a()
		for _, line := range first {
			_, _ = io.WriteString(h, line)
		}
		digests[h.Sum64()] = true
	}
	if len(digests) != 20 {
		t.Errorf("20 seeds gave %d different logs", len(digests))
	}
}
