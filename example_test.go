package raon_test

import (
	"fmt"
	"log/slog"

	"github.com/raon-engine/raon"
)

// lineEcho answers every line with itself.
type lineEcho struct{}

func (lineEcho) OnConnect(s *raon.Session, err error) {}

func (lineEcho) OnRecv(s *raon.Session, data []byte) int {
	used := 0
	for i, b := range data {
		if b == '\n' {
			_ = s.SendBytes(data[used:i+1], 0) // refused only when the session is ending
			used = i + 1
		}
	}
	return used // an incomplete line comes again, with more
}

func (lineEcho) OnDisconnect(s *raon.Session, reason raon.KickReason, err error) {}

// caller is a client that says its lines and ends when it has heard enough.
type caller struct {
	lines string
	heard int
}

func (c *caller) OnConnect(s *raon.Session, err error) {
	if err != nil {
		fmt.Println("no connection:", err)
		return
	}
	_ = s.SendBytes([]byte(c.lines), 0) // the session is new: it has room
}

func (c *caller) OnRecv(s *raon.Session, data []byte) int {
	if c.heard += len(data); c.heard == len(c.lines) {
		s.Disconnect(raon.KickDisconnect)
	}
	return len(data)
}

func (c *caller) OnDisconnect(s *raon.Session, reason raon.KickReason, err error) {
	fmt.Println("heard", c.heard, "bytes, ended:", reason)
	s.Service().Core().Shutdown() // asynchronous: callbacks may call it
}

// A server and a client in one process, on whichever driver works best here.
func Example() {
	core, err := raon.NewCore(raon.CoreOptions{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	addr, _ := raon.ParseAddr("tcp://127.0.0.1:0") // a constant that parses
	server, err := core.RegisterServer(raon.ServerOptions{
		Listen:     []raon.Addr{addr},
		NewHandler: func() raon.Handler { return lineEcho{} },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = core.RegisterClient(raon.ClientOptions{
		Connect:    server.Addrs()[0],
		Count:      1,
		NewHandler: func() raon.Handler { return &caller{lines: "hello\nraon\n"} },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the core ended:", core.Wait())
	// Output:
	// heard 11 bytes, ended: disconnect
	// the core ended: <nil>
}
