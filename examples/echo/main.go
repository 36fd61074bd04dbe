// Command echo returns every byte to whoever sent it. It is the smallest server
// there is: a handler, a core, and an orderly end.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/raon-engine/raon"
)

// echo is the handler of all sessions: it keeps nothing, so one is enough.
type echo struct{}

func (echo) OnConnect(*raon.Session, error) {}

// OnRecv answers. What is sent in a turn leaves together at its end.
func (echo) OnRecv(s *raon.Session, data []byte) int {
	_ = s.SendBytes(data, 0) // refused when the session ends, or when its peer does not read
	return len(data)
}

func (echo) OnDisconnect(*raon.Session, raon.KickReason, error) {}

func main() {
	listen := flag.String("listen", "tcp://127.0.0.1:7000", "where to listen")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *listen, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "echo:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends, and then answers what it has received.
func run(ctx context.Context, listen string, out io.Writer) error {
	addr, err := raon.ParseAddr(listen)
	if err != nil {
		return err
	}
	core, err := raon.NewCore(raon.CoreOptions{})
	if err != nil {
		return err
	}
	server, err := core.RegisterServer(raon.ServerOptions{
		Listen: []raon.Addr{addr}, NewHandler: func() raon.Handler { return echo{} },
	})
	if err != nil {
		_ = core.Close() // err says why there is nothing to serve
		return err
	}
	fmt.Fprintln(out, "echo on", server.Addrs()[0])
	<-ctx.Done()
	core.Shutdown()
	return core.Wait()
}
