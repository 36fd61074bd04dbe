// Command netpoll is a server on github.com/cloudwego/netpoll: handlers run in
// its goroutine pool, one flush for all frames that are there.
package main

import (
	"context"
	"net"
	"time"

	"github.com/cloudwego/netpoll"

	"github.com/raon-engine/raon/bench/room"
	"github.com/raon-engine/raon/bench/serve"
	"github.com/raon-engine/raon/bench/wire"
)

const stallTimeout = 10 * time.Second

func main() {
	o := serve.Parse()
	serve.LimitProcs(o.Procs)
	serve.Must(netpoll.Configure(netpoll.Config{PollerNum: o.Procs}))
	l, err := net.Listen("tcp", o.Addr)
	serve.Must(err)
	answer := netpoll.OnRequest(echo)
	options := []netpoll.Option{netpoll.WithWriteTimeout(stallTimeout)}
	if o.Room {
		h := &hall{}
		answer = h.say
		options = append(options, netpoll.WithOnPrepare(h.join))
	}
	loop, err := netpoll.NewEventLoop(answer, options...)
	serve.Must(err)
	serve.Must(loop.Serve(l))
}

func echo(_ context.Context, c netpoll.Connection) error {
	p, err := next(c)
	if err != nil {
		return c.Close()
	}
	if err := flush(c, p); err != nil {
		return c.Close()
	}
	return c.Reader().Release()
}

type hall struct{ room.Room }

type member struct{ netpoll.Connection }

// Put is called by one goroutine at a time, as the writer demands.
func (m member) Put(p []byte) {
	if flush(m, p) != nil {
		m.Close()
	}
}

func (h *hall) join(c netpoll.Connection) context.Context {
	h.Join(member{c})
	if c.AddCloseCallback(func(c netpoll.Connection) error { h.Leave(member{c}); return nil }) != nil {
		c.Close()
	}
	return context.Background()
}

func (h *hall) say(_ context.Context, c netpoll.Connection) error {
	p, err := next(c)
	if err != nil {
		return c.Close()
	}
	h.Say(p)
	return c.Reader().Release()
}

// next returns the whole frames that are there, and waits for one if there is
// none: a handler that leaves input behind is called again at once.
func next(c netpoll.Connection) ([]byte, error) {
	r := c.Reader()
	p, err := r.Peek(r.Len())
	if err != nil {
		return nil, err
	}
	n := wire.Complete(p)
	if n < 0 {
		return nil, net.ErrClosed
	}
	if n == 0 {
		if p, err = r.Peek(2); err != nil {
			return nil, err
		}
		if n = wire.Size(p); n < wire.HeaderBytes {
			return nil, net.ErrClosed
		}
	}
	return r.Next(n)
}

func flush(c netpoll.Connection, p []byte) error {
	if _, err := c.Writer().WriteBinary(p); err != nil {
		return err
	}
	return c.Writer().Flush()
}
