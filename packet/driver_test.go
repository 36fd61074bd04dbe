package packet_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/packet"
)

// TestOnARealDriver has eight clients count up with a server of two workers, while
// another goroutine reads the counters.
func TestOnARealDriver(t *testing.T) {
	const clients, rounds = 8, 300
	core, err := raon.NewCore(raon.CoreOptions{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := core.Close(); err != nil {
			t.Error(err)
		}
	}()
	type count struct{ N uint32 }
	spec := packet.Spec{ID: 1, Name: "count", Direction: packet.Both}
	server := packet.NewProtocol(packet.Options{}, packet.Hooks[player]{})
	var up *packet.Message[count]
	up = packet.Handle(server, spec, packet.Fixed[count](), func(c *packet.Conn[player], m *count) {
		c.State.moves++
		if int(m.N) != c.State.moves {
			t.Errorf("%d came as number %d", m.N, c.State.moves)
		}
		if err := packet.Send(c, up, m); err != nil {
			t.Error(err)
		}
	})
	done := make(chan struct{})
	var finished atomic.Int32
	var next *packet.Message[count]
	client := packet.NewProtocol(packet.Options{}, packet.Hooks[player]{OnConnect: func(c *packet.Conn[player]) {
		if err := packet.Send(c, next, &count{1}); err != nil {
			t.Error(err)
		}
	}})
	next = packet.Handle(client, spec, packet.Fixed[count](), func(c *packet.Conn[player], m *count) {
		if m.N++; m.N <= rounds {
			if err := packet.Send(c, next, m); err != nil {
				t.Error(err)
			}
		} else if finished.Add(1) == clients {
			close(done)
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
	if _, err := core.RegisterClient(raon.ClientOptions{Connect: s.Addrs()[0], Count: clients, NewHandler: handlersOf(t, client)}); err != nil {
		t.Fatal(err)
	}
	readWhile(t, server, done)
	m := server.Stats().Messages[0]
	if m.In != clients*rounds || m.Out != m.In || m.InBytes != 8*m.In || m.OutBytes != m.InBytes || m.Errors+m.Drops != 0 {
		t.Errorf("counted %+v", m)
	}
	var timed uint64
	for _, n := range m.Time.Buckets {
		timed += n
	}
	if timed < m.In-clients || m.Time.Sum <= 0 || m.Time.Max <= 0 || m.Time.Quantile(0.5) > m.Time.Max { // the last ones may still run
		t.Errorf("%d of %d timed: %+v", timed, m.In, m.Time)
	}
}

// readWhile reads the counters until done. They only grow.
func readWhile(t *testing.T, p *packet.Protocol[player], done <-chan struct{}) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	var last uint64
	for {
		select {
		case <-done:
			return
		case <-deadline:
			t.Fatal("not done within 10 s")
		default:
		}
		in := p.Stats().Messages[0].In
		if in < last {
			t.Fatalf("%d packets after %d", in, last)
		}
		last = in
	}
}
