//go:build linux

package main

import (
	"net"

	"github.com/raon-engine/raon/bench/room"
	"github.com/raon-engine/raon/bench/serve"
)

func main() {
	o := serve.Parse()
	serve.LimitProcs(o.Procs)
	l, err := net.Listen("tcp", o.Addr)
	serve.Must(err)
	handle := echo
	if o.Room {
		hall := new(room.Room)
		handle = func(c net.Conn) { join(hall, c) }
	}
	for {
		c, err := l.Accept()
		serve.Must(err)
		go handle(c)
	}
}

func echo(c net.Conn) {
	defer c.Close()
	in := newInbox(c)
	for {
		frames, err := in.next()
		if err != nil {
			return
		}
		if _, err := c.Write(frames); err != nil {
			return
		}
	}
}

func join(hall *room.Room, c net.Conn) {
	defer c.Close()
	m, err := newMember(c)
	if err != nil {
		return
	}
	hall.Join(m)
	defer hall.Leave(m)
	in := newInbox(c)
	for {
		frames, err := in.next()
		if err != nil {
			return
		}
		hall.Say(frames)
	}
}
