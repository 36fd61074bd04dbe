// Command chat has rooms: what a member says, all members of the room hear, in
// one order per speaker. A connection is in one room at a time. The packets are a
// u16 size and a u16 id, little-endian, then text: 1 enters a room, 2 says
// something, 3 is what was said.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/packet"
)

// The messages, as both ends know them.
var (
	enterSpec = packet.Spec{ID: 1, Name: "enter", MinBytes: 1, MaxBytes: 32}
	saySpec   = packet.Spec{ID: 2, Name: "say", MinBytes: 1, MaxBytes: 400, Rate: packet.Rate{PerSecond: 20, Burst: 50}}
	saidSpec  = packet.Spec{ID: 3, Name: "said"}
)

// guest is what the server knows of one connection.
type guest struct{ room *raon.Group }

// rooms are all that were ever entered, by name. Any worker.
type rooms struct {
	core *raon.Core
	mu   sync.Mutex
	by   map[string]*raon.Group
}

// maxRooms bounds the table: names come from anybody.
const maxRooms = 10_000

// room gives the room of that name, nil when there are too many.
func (r *rooms) room(name string) *raon.Group {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := r.by[name]
	if g == nil && len(r.by) < maxRooms {
		g = r.core.NewGroup(name)
		r.by[name] = g
	}
	return g
}

// protocol is the server's side.
func (r *rooms) protocol() (func() raon.Handler, error) {
	p := packet.NewProtocol(packet.Options{}, packet.Hooks[guest]{})
	said := packet.Define(p, saidSpec, packet.Raw())
	packet.Handle(p, enterSpec, packet.Raw(), func(c *packet.Conn[guest], name *[]byte) {
		room := r.room(string(*name))
		if room == nil || room.Join(c.Session()) != nil {
			c.Kick(raon.KickDisconnect, "no room")
			return
		}
		if old := c.State.room; old != nil && old != room {
			old.Leave(c.Session())
		}
		c.State.room = room
	})
	packet.Handle(p, saySpec, packet.Raw(), func(c *packet.Conn[guest], text *[]byte) {
		if c.State.room == nil {
			c.Kick(raon.KickPacketError, "enter a room first")
			return
		}
		line := fmt.Appendf(nil, "%d: %s", c.Session().ID(), *text)
		buf, err := said.Encode(c.Session(), &line) // once, however many hear it
		if err == nil {
			err = c.Session().BroadcastTo(c.State.room, buf, said.ID(), raon.BroadcastOptions{})
		}
		if err != nil {
			c.Kick(raon.KickUnknown, err.Error())
		}
	})
	return p.Handlers()
}

func main() {
	listen := flag.String("listen", "tcp://127.0.0.1:7001", "where to listen")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *listen, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "chat:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, listen string, out io.Writer) error {
	addr, err := raon.ParseAddr(listen)
	if err != nil {
		return err
	}
	core, err := raon.NewCore(raon.CoreOptions{})
	if err != nil {
		return err
	}
	server, err := serve(core, addr)
	if err != nil {
		_ = core.Close() // err says why there is nothing to serve
		return err
	}
	fmt.Fprintln(out, "chat on", server.Addrs()[0])
	<-ctx.Done()
	core.Shutdown()
	return core.Wait()
}

func serve(core *raon.Core, addr raon.Addr) (*raon.Service, error) {
	newHandler, err := (&rooms{core: core, by: map[string]*raon.Group{}}).protocol()
	if err != nil {
		return nil, err
	}
	return core.RegisterServer(raon.ServerOptions{
		Listen: []raon.Addr{addr}, MaxPerAddress: 1000, NewHandler: newHandler,
	})
}
