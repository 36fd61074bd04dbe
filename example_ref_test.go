package raon_test

import (
	"fmt"
	"log/slog"

	"github.com/raon-engine/raon"
)

// door hands every session that connects to somebody else.
type door struct{ arrived chan raon.SessionRef }

func (d *door) OnConnect(s *raon.Session, err error) { d.arrived <- s.Ref() }

func (d *door) OnRecv(s *raon.Session, data []byte) int { return len(data) }

func (d *door) OnDisconnect(s *raon.Session, reason raon.KickReason, err error) {
	s.Service().Core().Shutdown()
}

// Another goroutine sends to a session by its SessionRef, which is safe to keep
// when the session has ended, too.
func ExampleSessionRef() {
	core, err := raon.NewCore(raon.CoreOptions{Driver: "sim", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	addr, _ := raon.ParseAddr("tcp://127.0.0.1:0") // a constant that parses
	arrived := make(chan raon.SessionRef, 1)
	server, err := core.RegisterServer(raon.ServerOptions{
		Listen:     []raon.Addr{addr},
		NewHandler: func() raon.Handler { return &door{arrived} },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = core.RegisterClient(raon.ClientOptions{
		Connect:    server.Addrs()[0],
		Count:      1,
		NewHandler: func() raon.Handler { return visitor{} },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ref := <-arrived
	fmt.Println("sent:", ref.SendBytes([]byte("welcome\n"), 1))
	fmt.Println("ended:", core.Wait())
	fmt.Println("sent:", ref.SendBytes([]byte("too late\n"), 1))
	// Unordered output:
	// sent: <nil>
	// heard: welcome
	// ended: <nil>
	// sent: raon: session closed
}
