// Command gnet is a server on github.com/panjf2000/gnet. In a room, frames are
// collected over a turn of the event loop and leave in one write per member.
package main

import (
	"context"

	"github.com/panjf2000/gnet/v2"

	"github.com/raon-engine/raon/bench/room"
	"github.com/raon-engine/raon/bench/serve"
	"github.com/raon-engine/raon/bench/wire"
)

func main() {
	o := serve.Parse()
	serve.LimitProcs(o.Procs)
	s := &server{}
	if o.Room {
		s.hall = new(room.Room)
	}
	serve.Must(gnet.Run(s, "tcp://"+o.Addr,
		gnet.WithNumEventLoop(o.Procs), gnet.WithReuseAddr(true), gnet.WithTCPNoDelay(gnet.TCPNoDelay)))
}

type server struct {
	gnet.BuiltinEventEngine
	hall *room.Room // nil: echo
}

type member struct{ gnet.Conn }

// Put runs on the event loop. An error closes the connection by itself.
func (m member) Put(p []byte) { _, _ = m.Write(p) }

func (s *server) OnOpen(c gnet.Conn) ([]byte, gnet.Action) {
	if s.hall != nil {
		s.hall.Join(member{c})
	}
	return nil, gnet.None
}

func (s *server) OnClose(c gnet.Conn, _ error) gnet.Action {
	if s.hall != nil {
		s.hall.Leave(member{c})
	}
	return gnet.None
}

func (s *server) OnTraffic(c gnet.Conn) gnet.Action {
	p, err := c.Peek(-1)
	if err != nil {
		return gnet.Close
	}
	n := wire.Complete(p)
	switch {
	case n < 0:
		return gnet.Close
	case n == 0: // Discard(0) would discard everything
		return gnet.None
	case s.hall != nil:
		err = s.say(c, p[:n])
	default:
		_, err = c.Write(p[:n])
	}
	if err != nil {
		return gnet.Close
	}
	_, _ = c.Discard(n)
	return gnet.None
}

// say collects p; the loop flushes once the events of this turn are dispatched.
func (s *server) say(c gnet.Conn, p []byte) error {
	if !s.hall.Collect(p) {
		return nil
	}
	return c.EventLoop().Execute(context.Background(), gnet.RunnableFunc(s.flush))
}

func (s *server) flush(context.Context) error {
	s.hall.Flush()
	return nil
}
