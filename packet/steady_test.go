package packet_test

import (
	"testing"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/packet"
)

// rally is a client and a server that pass one message back and forth, on one
// manual core.
type rally struct {
	core  *raon.Core
	conn  *packet.Conn[player]
	hit   *packet.Message[everything]
	hits  int
	limit int
}

func newRally(t *testing.T) *rally {
	t.Helper()
	core, err := raon.NewCore(raon.CoreOptions{Manual: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := core.Close(); err != nil {
			t.Error(err)
		}
	})
	r := &rally{core: core}
	rate := packet.Rate{PerSecond: 1e9}
	spec := packet.Spec{ID: 1, Name: "hit", Direction: packet.Both, Rate: rate}
	server := packet.NewProtocol(packet.Options{Rate: rate}, packet.Hooks[player]{})
	var back *packet.Message[everything]
	back = packet.Handle(server, spec, packet.Fixed[everything](), func(c *packet.Conn[player], m *everything) {
		c.State.moves++
		out := packet.Scratch(c, back)
		*out = *m
		if err := packet.Send(c, back, out); err != nil {
			t.Error(err)
		}
	})
	client := packet.NewProtocol(packet.Options{}, packet.Hooks[player]{OnConnect: func(c *packet.Conn[player]) { r.conn = c }})
	r.hit = packet.Handle(client, spec, packet.Fixed[everything](), func(c *packet.Conn[player], m *everything) {
		if r.hits++; r.hits < r.limit {
			r.send(t)
		}
	})
	addr, err := raon.ParseAddr("tcp://127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, err := core.RegisterServer(raon.ServerOptions{Listen: []raon.Addr{addr}, NewHandler: handlersOf(t, server)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := core.RegisterClient(raon.ClientOptions{Connect: s.Addrs()[0], Count: 1, NewHandler: handlersOf(t, client)}); err != nil {
		t.Fatal(err)
	}
	r.turn(t, func() bool { return r.conn != nil })
	return r
}

func handlersOf(t *testing.T, p *packet.Protocol[player]) func() raon.Handler {
	t.Helper()
	h, err := p.Handlers()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (r *rally) send(t *testing.T) {
	m := packet.Scratch(r.conn, r.hit)
	m.U64 = uint64(r.hits)
	if err := packet.Send(r.conn, r.hit, m); err != nil {
		t.Fatal(err)
	}
}

func (r *rally) turn(t *testing.T, until func() bool) {
	t.Helper()
	for range 1_000_000 {
		if until() {
			return
		}
		if _, err := r.core.HandleCompletions(-1); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("nothing came of a million turns")
}

// TestSteadyStateAllocatesNothing passes typed, budgeted and counted packets
// back and forth.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	r := newRally(t)
	round := func() {
		r.hits, r.limit = 0, 100
		r.send(t)
		r.turn(t, func() bool { return r.hits == r.limit })
	}
	round()
	// The worker publishes its port's counters now and then, which is not for a packet.
	if allocs := testing.AllocsPerRun(20, round); allocs > 5 {
		t.Errorf("100 round trips allocate %v times", allocs)
	}
}
