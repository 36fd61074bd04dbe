package packet_test

import (
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/packet"
	"github.com/raon-engine/raon/raontest"
)

// player is the application's state of one session.
type player struct {
	heard []string
	moves int
}

type move struct{ X, Y int32 }

// world is a lab with one server whose protocol a test fills.
type world struct {
	t      *testing.T
	lab    *raontest.Lab
	proto  *packet.Protocol[player]
	conn   *packet.Conn[player] // the last to connect
	ends   []end
	server *raon.Service
	addr   raon.Addr
}

// end is how a connection ended.
type end struct {
	reason raon.KickReason
	err    error
	at     time.Duration
}

// latency is how long every segment takes, one way.
const latency = 20 * time.Millisecond

// newWorld makes the lab and a protocol that keeps what happens.
func newWorld(t *testing.T, opts packet.Options, hooks packet.Hooks[player]) *world {
	t.Helper()
	w := &world{t: t, lab: raontest.New(t, raontest.Options{Seed: 1, Latency: latency})}
	opened := hooks.OnConnect
	hooks.OnConnect = func(c *packet.Conn[player]) {
		w.conn = c
		if opened != nil {
			opened(c)
		}
	}
	ended := hooks.OnDisconnect
	hooks.OnDisconnect = func(c *packet.Conn[player], reason raon.KickReason, err error) {
		w.ends = append(w.ends, end{reason, err, w.lab.Now()})
		if ended != nil {
			ended(c, reason, err)
		}
	}
	w.proto = packet.NewProtocol(opts, hooks)
	var err error
	if w.addr, err = raon.ParseAddr("10.0.0.1:7777"); err != nil {
		t.Fatal(err)
	}
	return w
}

// client is what a test knows of a client of the world.
type client struct {
	conn   *packet.Conn[player]
	proto  *packet.Protocol[player]
	failed error
	ended  *end
}

// dial connects a client whose protocol fill completes.
func (w *world) dial(opts packet.Options, fill func(c *client)) *client {
	w.t.Helper()
	c := &client{}
	c.proto = packet.NewProtocol(opts, packet.Hooks[player]{
		OnConnect:       func(conn *packet.Conn[player]) { c.conn = conn },
		OnConnectFailed: func(_ *packet.Conn[player], err error) { c.failed = err },
		OnDisconnect: func(_ *packet.Conn[player], reason raon.KickReason, err error) {
			c.ended = &end{reason, err, w.lab.Now()}
		},
	})
	if fill != nil {
		fill(c)
	}
	handlers, err := c.proto.Handlers()
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.lab.Core().RegisterClient(raon.ClientOptions{Connect: w.addr, Count: 1, NewHandler: handlers}); err != nil {
		w.t.Fatal(err)
	}
	return c
}

// await lets things happen until cond holds. With a heartbeat there is always
// something, so that virtual time is what runs out.
func (w *world) await(what string, cond func() bool) {
	w.t.Helper()
	end := w.lab.Now() + 10*time.Minute
	w.lab.Run(what, func() bool { return cond() || w.lab.Now() > end })
	if !cond() {
		w.t.Fatalf("%s: did not happen within 10 minutes of virtual time", what)
	}
}

// serve starts the server.
func (w *world) serve(limits raon.SessionOptions) {
	w.t.Helper()
	handlers, err := w.proto.Handlers()
	if err != nil {
		w.t.Fatal(err)
	}
	w.server, err = w.lab.Core().RegisterServer(raon.ServerOptions{
		Listen: []raon.Addr{w.addr}, MaxSessions: 8, NewHandler: handlers, Session: limits,
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// frame makes a packet of the default framing.
func frame(t *testing.T, id uint16, payload string) []byte {
	t.Helper()
	b, err := packet.Framing{}.Append(nil, id, []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// frames cuts what a peer got.
func frames(t *testing.T, data []byte) (all []packet.Frame) {
	t.Helper()
	for len(data) > 0 {
		f, n, err := packet.Framing{}.Next(data)
		if err != nil || n == 0 {
			t.Fatalf("%d bytes are no packet: %v", len(data), err)
		}
		all = append(all, f)
		data = data[n:]
	}
	return all
}

// rawMessage is a message of bytes that handle gets as a string.
func rawMessage(w *world, spec packet.Spec, handle func(c *packet.Conn[player], text string)) *packet.Message[[]byte] {
	return packet.Handle(w.proto, spec, packet.Raw(), func(c *packet.Conn[player], m *[]byte) { handle(c, string(*m)) })
}

// sendText sends a message of bytes, and fails the test when it is refused.
func sendText(t *testing.T, c *packet.Conn[player], msg *packet.Message[[]byte], text string) {
	t.Helper()
	b := []byte(text)
	if err := packet.Send(c, msg, &b); err != nil {
		t.Errorf("Send %q: %v", text, err)
	}
}

// hear keeps what came.
func hear(c *packet.Conn[player], text string) { c.State.heard = append(c.State.heard, text) }
