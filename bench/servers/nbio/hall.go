//go:build linux

package main

import (
	"net"
	"os"
	"syscall"

	"github.com/lesismal/nbio"

	"github.com/raon-engine/raon/bench/room"
)

// hall is a room on one poller. nbio has no hook at the end of a turn, and a
// goroutine that flushes waits for the poller to block. So the first frame of a
// turn sends a byte through a socket of the same poller: its event comes after
// those of this turn, and flushes.
type hall struct {
	room.Room
	bell net.Conn // written to; the poller has the other end
}

type member struct{ *nbio.Conn }

// Put is bounded by the kernel: nbio keeps what is not taken. An error closes
// the connection by itself.
func (m member) Put(p []byte) { _, _ = m.Write(p) }

func startRoom(engine *nbio.Engine) error {
	bell, rung, err := socketPair()
	if err != nil {
		return err
	}
	h := &hall{bell: bell}
	engine.OnOpen(h.open)
	engine.OnClose(func(c *nbio.Conn, _ error) { h.Leave(member{c}) })
	engine.OnData(h.data)
	if err := engine.Start(); err != nil {
		return err
	}
	_, err = engine.AddConn(rung)
	return err
}

func socketPair() (a, b net.Conn, err error) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	if a, err = fileConn(fds[0]); err != nil {
		return nil, nil, err
	}
	b, err = fileConn(fds[1])
	return a, b, err
}

func fileConn(fd int) (net.Conn, error) {
	f := os.NewFile(uintptr(fd), "bell")
	defer f.Close()
	return net.FileConn(f)
}

func (h *hall) open(c *nbio.Conn) {
	if c.IsUnix() { // the bell
		return
	}
	c.SetSession(new(session))
	h.Join(member{c})
}

func (h *hall) data(c *nbio.Conn, data []byte) {
	if c.IsUnix() {
		h.Flush()
		return
	}
	frames := c.Session().(*session).next(c, data)
	if len(frames) > 0 && h.Collect(frames) {
		_, _ = h.bell.Write([]byte{1})
	}
}
