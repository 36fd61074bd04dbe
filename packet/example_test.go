package packet_test

import (
	"fmt"
	"log/slog"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/packet"
)

// The messages of a small game. Both programs know them.
type (
	Step  struct{ DX, DY int16 }
	Place struct{ X, Y int16 }
)

var (
	stepSpec  = packet.Spec{ID: 1001, Name: "step", Rate: packet.Rate{PerSecond: 20}}
	placeSpec = packet.Spec{ID: 2001, Name: "place"}
)

// Walker is what the server knows of one session.
type Walker struct{ at Place }

// walkers is the server's half.
func walkers() (func() raon.Handler, error) {
	p := packet.NewProtocol(packet.Options{}, packet.Hooks[Walker]{})
	place := packet.Define(p, placeSpec, packet.Fixed[Place]())
	packet.Handle(p, stepSpec, packet.Fixed[Step](), func(c *packet.Conn[Walker], m *Step) {
		c.State.at.X += m.DX
		c.State.at.Y += m.DY
		_ = packet.Send(c, place, &c.State.at) // refused when the session ends: nobody is left to tell
	})
	return p.Handlers()
}

// walk is the client's half: it takes two steps, prints where it is, and leaves.
func walk() (func() raon.Handler, error) {
	var step *packet.Message[Step]
	p := packet.NewProtocol(packet.Options{}, packet.Hooks[struct{}]{
		OnConnect: func(c *packet.Conn[struct{}]) {
			_ = packet.Send(c, step, &Step{DX: 1})
			_ = packet.Send(c, step, &Step{DY: -2})
		},
		OnDisconnect: func(c *packet.Conn[struct{}], reason raon.KickReason, err error) {
			c.Session().Service().Core().Shutdown()
		},
	})
	step = packet.Define(p, stepSpec, packet.Fixed[Step]())
	packet.Handle(p, placeSpec, packet.Fixed[Place](), func(c *packet.Conn[struct{}], m *Place) {
		if fmt.Println("at", m.X, m.Y); m.Y != 0 {
			c.Kick(raon.KickDisconnect, "seen enough")
		}
	})
	return p.Handlers()
}

// A server and a client of a small protocol, in one process on the simulation.
func Example() {
	core, err := raon.NewCore(raon.CoreOptions{Driver: "sim", Workers: 1, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	server, err := walkers()
	if err != nil {
		fmt.Println(err)
		return
	}
	client, err := walk()
	if err != nil {
		fmt.Println(err)
		return
	}
	addr, _ := raon.ParseAddr("tcp://127.0.0.1:0") // a constant that parses
	s, err := core.RegisterServer(raon.ServerOptions{Listen: []raon.Addr{addr}, NewHandler: server})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = core.RegisterClient(raon.ClientOptions{Connect: s.Addrs()[0], Count: 1, NewHandler: client})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the core ended:", core.Wait())
	// Output:
	// at 1 0
	// at 1 -2
	// the core ended: <nil>
}

// Every fault is reported at once.
func ExampleProtocol() {
	p := packet.NewProtocol(packet.Options{}, packet.Hooks[Walker]{})
	packet.Define(p, packet.Spec{ID: 1, Name: "words"}, packet.Fixed[struct{ Text string }]())
	packet.Define(p, packet.Spec{ID: 0, Name: "nothing"}, packet.Raw())
	_, err := p.Handlers()
	fmt.Println(err)
	// Output:
	// message 1 "words": Fixed: struct { Text string }.Text is a string, which has no fixed layout
	// message 0 "nothing": Spec.ID 0: want 0 with NoID, and only then
}

// One encoding goes to all sessions of a service.
func ExampleMessage() {
	p := packet.NewProtocol(packet.Options{}, packet.Hooks[Walker]{})
	place := packet.Define(p, placeSpec, packet.Fixed[Place]())
	core, err := raon.NewCore(raon.CoreOptions{Driver: "sim", Workers: 1, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	buf, err := place.EncodeShared(core.Buffers(), &Place{X: 3, Y: 4})
	fmt.Printf("%v %v\n", buf.Bytes(), err)
	buf.Release(1) // instead of service.Broadcast(buf, place.ID())
	fmt.Println("the core ended:", core.Close())
	// Output:
	// [8 0 209 7 3 0 4 0] <nil>
	// the core ended: <nil>
}

// Jobs find the connection of the session that they run for.
func ExampleConnOf() {
	service := func() *raon.Service { return nil } // of a program with a server
	if s := service(); s != nil {
		_ = s.ForEach(func(s *raon.Session) {
			c := packet.ConnOf[Walker](s)
			fmt.Println(c.State.at)
		})
	}
	// Output:
}

// A client of an old version learns why it is not let in.
func ExampleKickedError() {
	core, err := raon.NewCore(raon.CoreOptions{Driver: "sim", Workers: 1, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	speaking := func(version uint32) packet.Options {
		return packet.Options{Control: packet.Control{On: true, Version: version}}
	}
	server, err := packet.NewProtocol(speaking(7), packet.Hooks[Walker]{}).Handlers()
	if err != nil {
		fmt.Println(err)
		return
	}
	client, err := packet.NewProtocol(speaking(6), packet.Hooks[Walker]{
		OnConnectFailed: func(c *packet.Conn[Walker], err error) {
			fmt.Println(err)
			core.Shutdown()
		},
	}).Handlers()
	if err != nil {
		fmt.Println(err)
		return
	}
	addr, _ := raon.ParseAddr("tcp://127.0.0.1:0") // a constant that parses
	s, err := core.RegisterServer(raon.ServerOptions{Listen: []raon.Addr{addr}, NewHandler: server})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = core.RegisterClient(raon.ClientOptions{Connect: s.Addrs()[0], Count: 1, NewHandler: client})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the core ended:", core.Wait())
	// Output:
	// kicked by the peer: rejected: version 6, want 7 to 7
	// the core ended: <nil>
}

// One connection per player: the newest.
func ExampleLogins() {
	var logins packet.Logins[Walker, string]
	p := packet.NewProtocol(packet.Options{}, packet.Hooks[Walker]{
		OnDisconnect: func(c *packet.Conn[Walker], _ raon.KickReason, _ error) {
			logins.Release("ann", c) // does nothing when a newer one has logged in
		},
	})
	packet.Handle(p, packet.Spec{ID: 1, Name: "login"}, packet.Raw(), func(c *packet.Conn[Walker], name *[]byte) {
		logins.Claim(string(*name), c)
	})
	_, err := p.Handlers()
	_, found := logins.Find("ann")
	fmt.Println(err, found)
	// Output: <nil> false
}
