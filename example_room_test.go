package raon_test

import (
	"fmt"
	"log/slog"

	"github.com/raon-engine/raon"
)

// room is what the members of a room share. With one worker it needs no lock:
// all its callbacks run there.
type room struct{ members int }

// member is a connection to the room.
type member struct{ room *room }

func (m *member) OnConnect(s *raon.Session, err error) {
	if m.room.members++; m.room.members < 2 {
		return
	}
	w := s.Open(100) // memory of the worker: written once, sent to all
	fmt.Fprintf(&w, "%d are here\n", m.room.members)
	_ = s.Broadcast(w.Close(w.Len()), 1) // ErrQueueFull when another worker hangs; there is none
}

func (m *member) OnRecv(s *raon.Session, data []byte) int { return len(data) }

func (m *member) OnDisconnect(s *raon.Session, reason raon.KickReason, err error) {
	if m.room.members--; m.room.members == 0 {
		s.Service().Core().Shutdown()
	}
}

// visitor prints what the room says and leaves.
type visitor struct{}

func (visitor) OnConnect(s *raon.Session, err error) {}

func (visitor) OnRecv(s *raon.Session, data []byte) int {
	fmt.Print("heard: ", string(data))
	s.Disconnect(raon.KickDisconnect)
	return len(data)
}

func (visitor) OnDisconnect(s *raon.Session, reason raon.KickReason, err error) {}

// A room of two: the second to arrive tells both.
func ExampleSession_Broadcast() {
	core, err := raon.NewCore(raon.CoreOptions{Driver: "sim", Workers: 1, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	addr, _ := raon.ParseAddr("tcp://127.0.0.1:0") // a constant that parses
	var lobby room
	server, err := core.RegisterServer(raon.ServerOptions{
		Listen:     []raon.Addr{addr},
		NewHandler: func() raon.Handler { return &member{&lobby} },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = core.RegisterClient(raon.ClientOptions{
		Connect:    server.Addrs()[0],
		Count:      2,
		NewHandler: func() raon.Handler { return visitor{} },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the core ended:", core.Wait())
	// Output:
	// heard: 2 are here
	// heard: 2 are here
	// the core ended: <nil>
}
