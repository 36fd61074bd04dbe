package packet_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/packet"
)

// TestResumeOnARealDriver has clients count up with a server of three workers while
// connections break on both ends: the states move from worker to worker, and every
// number comes once and in order, both ways.
func TestResumeOnARealDriver(t *testing.T) {
	const clients, rounds = 6, 300
	core, err := raon.NewCore(raon.CoreOptions{Workers: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := core.Close(); err != nil {
			t.Error(err)
		}
	}()
	spec := packet.Spec{ID: 1, Name: "count", Direction: packet.Both}
	var resumed, moved atomic.Int32
	server := packet.NewProtocol(keeps(), packet.Hooks[player]{OnResume: func(c *packet.Conn[player]) {
		resumed.Add(1)
		if w := int32(c.Session().Worker()); len(c.State.heard) > 0 && c.State.heard[0] != string('0'+w) {
			moved.Add(1)
		}
	}})
	var up *packet.Message[number]
	up = packet.Handle(server, spec, packet.Fixed[number](), func(c *packet.Conn[player], m *number) {
		c.State.heard = append(c.State.heard[:0], string('0'+int32(c.Session().Worker())))
		if c.State.moves++; int(m.N) != c.State.moves {
			t.Errorf("the server got %d as number %d", m.N, c.State.moves)
		}
		if err := packet.Send(c, up, m); err != nil {
			t.Error(err)
		}
		if m.N%40 == 0 {
			c.Session().Abort(raon.KickCompletionError) // the answer may be lost, and must not be
		}
	})
	done := make(chan struct{})
	var finished atomic.Int32
	var next *packet.Message[number]
	client := packet.NewProtocol(keeps(), packet.Hooks[player]{
		OnConnect: func(c *packet.Conn[player]) {
			if err := packet.Send(c, next, &number{1}); err != nil {
				t.Error(err)
			}
		},
		OnExpire: func(s *player) { t.Errorf("a client lost its state at %d", s.moves) },
	})
	next = packet.Handle(client, spec, packet.Fixed[number](), func(c *packet.Conn[player], m *number) {
		if c.State.moves++; int(m.N) != c.State.moves {
			t.Errorf("a client got %d as number %d", m.N, c.State.moves)
		}
		if m.N == rounds {
			if finished.Add(1) == clients {
				close(done)
			}
			return
		}
		if err := packet.Send(c, next, &number{m.N + 1}); err != nil {
			t.Error(err)
		}
		if m.N%50 == 0 {
			c.Session().Abort(raon.KickCompletionError)
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
	_, err = core.RegisterClientAutoReconnect(raon.ClientOptions{Connect: s.Addrs()[0], Count: clients, NewHandler: handlersOf(t, client),
		Reconnect: raon.ReconnectOptions{First: time.Millisecond, Max: time.Millisecond, PerSecond: 10_000}})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatalf("%d of %d clients have counted to the end", finished.Load(), clients)
	}
	if resumed.Load() < clients*5 || moved.Load() == 0 {
		t.Errorf("%d resumes, %d of them on another worker", resumed.Load(), moved.Load())
	}
	t.Logf("%d resumes, %d of them on another worker", resumed.Load(), moved.Load())
}
