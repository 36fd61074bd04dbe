//go:build linux

package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/bench/wire"
)

// receive reads once; the set is level-triggered, more is told again.
func (c *client) receive(k *conn) {
	have := copy(c.scratch, k.part)
	n, errno := recv(k.fd, c.scratch[have:])
	if n <= 0 {
		if n == 0 || errno != unix.EAGAIN && errno != unix.EINTR {
			c.lost(k, errno)
		}
		return
	}
	p := c.scratch[:have+n]
	used := wire.Complete(p)
	if used < 0 {
		c.meter.wrong("malformed frame")
		c.drop(k)
		return
	}
	k.part = append(k.part[:0], p[used:]...)
	c.frames(k, p[:used])
}

func (c *client) frames(k *conn, p []byte) {
	now := c.now()
	for len(p) > 0 && !k.closed {
		size := wire.Size(p)
		st, wrong := c.stamps.read(p[:size])
		if wrong != "" {
			c.meter.wrong(wrong)
		} else {
			c.work.answered(k, st, now)
		}
		p = p[size:]
	}
	if !k.closed {
		c.work.read(k)
	}
}

// send stamps n frames and sends them in one call.
func (c *client) send(k *conn, n int, at int64) {
	if k.closed {
		return
	}
	for range n {
		k.out = c.grow(k.out)
		k.out = c.stamps.append(k.out, stamp{sender: uint32(k.index), seq: k.sendSeq, at: at})
		k.sendSeq++
	}
	c.flush(k)
}

// grow makes space for one more frame.
func (c *client) grow(p []byte) []byte {
	if cap(p)-len(p) >= c.stamps.size {
		return p
	}
	return append(make([]byte, 0, 2*cap(p)+c.stamps.size), p...)
}

// flush sends what is to be sent and asks to be told when the rest fits.
func (c *client) flush(k *conn) {
	n, errno := send(k.fd, k.out)
	if n < 0 && errno != unix.EAGAIN && errno != unix.EINTR {
		c.lost(k, errno)
		return
	}
	k.out = k.out[:copy(k.out, k.out[max(n, 0):])]
	if full := len(k.out) > 0; full != k.full {
		k.full = full
		c.watch(k)
	}
}

func (c *client) watch(k *conn) {
	events := uint32(unix.EPOLLIN)
	if k.full {
		events |= unix.EPOLLOUT
	}
	if err := c.poll.change(k.fd, k.index, events); err != nil {
		c.meter.wrong(err.Error())
		c.drop(k)
	}
}

// lost notes that k ended by itself.
func (c *client) lost(k *conn, errno unix.Errno) {
	what := "closed by the server"
	if errno != 0 {
		what = errno.Error()
	}
	c.meter.wrong(fmt.Sprintf("connection %d after %d frames: %s", k.index, k.recvSeq, what))
	c.drop(k)
}

func (c *client) drop(k *conn) {
	k.closed = true
	unix.Close(k.fd)
}
