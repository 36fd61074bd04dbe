// Command arena is a zone with an area of interest: walkers take steps, the zone
// ticks 20 times per second, and everyone hears where those near it are. With
// -bots it fills itself and says what they heard.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"sync/atomic"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/packet"
)

// The messages, as both ends know them.
type (
	// Step is where a walker wants to go.
	Step struct{ DX, DY int16 }
	// Place is where a walker is.
	Place struct {
		Who  uint64
		X, Y float32
	}
)

var (
	stepSpec  = packet.Spec{ID: 1, Name: "step", Rate: packet.Rate{PerSecond: 30, Drop: true}}
	placeSpec = packet.Spec{ID: 2, Name: "place"}
)

// tick is the zone's heartbeat, and the bots'.
const tick = 50 * time.Millisecond

func main() {
	listen := flag.String("listen", "tcp://127.0.0.1:7002", "where to listen")
	bots := flag.Int("bots", 0, "walkers of its own")
	duration := flag.Duration("duration", 0, "how long to run; 0 is until interrupted")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *duration > 0 {
		ctx, stop = context.WithTimeout(ctx, *duration)
		defer stop()
	}
	if _, err := run(ctx, *listen, *bots, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "arena:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends and returns how many places the bots have heard.
func run(ctx context.Context, listen string, bots int, out io.Writer) (heard uint64, err error) {
	addr, err := raon.ParseAddr(listen)
	if err != nil {
		return 0, err
	}
	core, err := raon.NewCore(raon.CoreOptions{})
	if err != nil {
		return 0, err
	}
	z, err := newZone(core, max(bots, 1000))
	if err == nil {
		heard, err = z.serve(ctx, addr, bots, out)
	}
	if err != nil {
		_ = core.Close() // err says why there is nothing to serve
		return heard, err
	}
	core.Shutdown()
	return heard, core.Wait()
}

func (z *zone) serve(ctx context.Context, addr raon.Addr, bots int, out io.Writer) (uint64, error) {
	newHandler, err := z.protocol()
	if err != nil {
		return 0, err
	}
	server, err := z.core.RegisterServer(raon.ServerOptions{Listen: []raon.Addr{addr}, NewHandler: newHandler})
	if err != nil {
		return 0, err
	}
	fmt.Fprintln(out, "arena on", server.Addrs()[0])
	var heard atomic.Uint64
	if bots > 0 {
		if err := walk(z.core, server.Addrs()[0], bots, &heard); err != nil {
			return 0, err
		}
	}
	<-ctx.Done()
	z.strand.Close() // the counters are ours now
	st := z.strand.Stats()
	fmt.Fprintf(out, "%d walkers, %d ticks, %d missed, longest job %v; the bots heard of %d places\n",
		server.Snapshot().Live, z.ticks, z.missed, st.Longest, heard.Load())
	return heard.Load(), nil
}

// bot is a walker of the program's own.
type bot struct{ timer raon.Timer }

// walk connects bots that take a random step each tick.
func walk(core *raon.Core, to raon.Addr, bots int, heard *atomic.Uint64) error {
	var step *packet.Message[Step]
	p := packet.NewProtocol(packet.Options{}, packet.Hooks[bot]{
		OnConnect: func(c *packet.Conn[bot]) {
			c.Session().Every(&c.State.timer, tick, func(*raon.Session) {
				m := packet.Scratch(c, step)
				m.DX, m.DY = int16(rand.IntN(7)-3), int16(rand.IntN(7)-3)
				_ = packet.Send(c, step, m) // refused when the session ends
			})
		},
	})
	step = packet.Define(p, stepSpec, packet.Fixed[Step]())
	packet.Handle(p, placeSpec, packet.Fixed[Place](), func(*packet.Conn[bot], *Place) { heard.Add(1) })
	newHandler, err := p.Handlers()
	if err != nil {
		return err
	}
	_, err = core.RegisterClient(raon.ClientOptions{Connect: to, Count: bots, NewHandler: newHandler})
	return err
}
