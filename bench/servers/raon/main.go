// Command raon is a server on this repository's engine, written as an
// application would: a handler that takes frames and answers each.
package main

import (
	"flag"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/bench/serve"
)

const maxSessions = 32 << 10

func main() {
	driver := flag.String("driver", "", "uring or epoll; empty is the best that works")
	o := serve.Parse()
	serve.LimitProcs(o.Procs + 2)
	core, err := raon.NewCore(raon.CoreOptions{Driver: *driver, Workers: o.Procs})
	serve.Must(err)
	addr, err := raon.ParseAddr("tcp://" + o.Addr)
	serve.Must(err)
	newHandler := func() raon.Handler { return echo{} }
	if o.Room {
		newHandler = func() raon.Handler { return room{} }
	}
	_, err = core.RegisterServer(raon.ServerOptions{
		Listen:      []raon.Addr{addr},
		Backlog:     4096,
		MaxSessions: maxSessions,
		NewHandler:  newHandler,
	})
	serve.Must(err)
	serve.Must(core.Wait())
}
