package raontest_test

import (
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/raontest"
)

// greeter is a handler to be tested.
type greeter struct{}

func (greeter) OnConnect(s *raon.Session, err error) { _ = s.SendBytes([]byte("hi\n"), 0) }

func (greeter) OnRecv(s *raon.Session, data []byte) int { return len(data) }

func (greeter) OnDisconnect(s *raon.Session, reason raon.KickReason, err error) {}

// TestGreeting is what a test of a handler looks like.
func TestGreeting(t *testing.T) {
	lab := raontest.New(t, raontest.Options{Seed: 1, Latency: 20 * time.Millisecond})
	addr, err := raon.ParseAddr("10.0.0.1:7777") // simulated: any address will do
	if err != nil {
		t.Fatal(err)
	}
	_, err = lab.Core().RegisterServer(raon.ServerOptions{
		Listen:     []raon.Addr{addr},
		NewHandler: func() raon.Handler { return greeter{} },
	})
	if err != nil {
		t.Fatal(err)
	}
	peer := lab.Dial(addr)
	lab.Run("the greeting", func() bool { return string(peer.Received()) == "hi\n" })
}
