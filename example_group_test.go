package raon_test

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/raon-engine/raon"
)

// guest is in a team, gets its news, and leaves after the first.
type guest struct {
	team  *raon.Group
	timer raon.Timer
}

func (g *guest) OnConnect(s *raon.Session, err error) {
	_ = g.team.Join(s) // a session that has just connected is in no other group
	s.After(&g.timer, time.Millisecond, func(s *raon.Session) {
		news := s.Service().Core().Buffers().Copy([]byte("the gate is open\n"))
		_ = s.BroadcastTo(g.team, news, 1, raon.BroadcastOptions{}) // one worker: nobody's inbox can be full
	})
}

func (g *guest) OnRecv(s *raon.Session, data []byte) int { return len(data) }

func (g *guest) OnDisconnect(s *raon.Session, reason raon.KickReason, err error) {
	fmt.Println("members left:", g.team.Len())
	s.Service().Core().Shutdown()
}

// A group of one, which a timer sends some news.
func ExampleGroup() {
	core, err := raon.NewCore(raon.CoreOptions{Driver: "sim", Workers: 1, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	team := core.NewGroup("red")
	addr, _ := raon.ParseAddr("tcp://127.0.0.1:0") // a constant that parses
	server, err := core.RegisterServer(raon.ServerOptions{
		Listen: []raon.Addr{addr}, NewHandler: func() raon.Handler { return &guest{team: team} },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = core.RegisterClient(raon.ClientOptions{
		Connect: server.Addrs()[0], Count: 1, NewHandler: func() raon.Handler { return visitor{} },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the core ended:", core.Wait())
	// Output:
	// heard: the gate is open
	// members left: 0
	// the core ended: <nil>
}

// Work that blocks runs elsewhere; its result comes back to the session's worker.
func ExampleCore_Offload() {
	core, err := raon.NewCore(raon.CoreOptions{Driver: "sim", Workers: 1, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	var row string
	done := make(chan struct{})
	err = core.Offload(
		func() { row = "gold: 7" }, // a database
		func() { fmt.Println("on a worker:", row); close(done) },
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	<-done
	fmt.Println("the core ended:", core.Close())
	// Output:
	// on a worker: gold: 7
	// the core ended: <nil>
}

// A job with a name, at once and once more in a moment.
func ExampleJob() {
	core, err := raon.NewCore(raon.CoreOptions{Driver: "sim", Workers: 1, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	ran := make(chan struct{})
	save := &raon.Job{Name: "save", Run: func() { ran <- struct{}{} }}
	fmt.Println(core.PostJob(save))
	<-ran
	_, err = core.After(time.Millisecond, save)
	fmt.Println(err)
	<-ran
	fmt.Println("the core ended:", core.Close())
	// Output:
	// <nil>
	// <nil>
	// the core ended: <nil>
}
