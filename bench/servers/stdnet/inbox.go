//go:build linux

package main

import (
	"errors"
	"net"

	"github.com/raon-engine/raon/bench/wire"
)

const firstBytes = 4 << 10

var errMalformed = errors.New("malformed frame")

// inbox reads whole frames from one connection; its goroutine owns it.
type inbox struct {
	conn net.Conn
	buf  []byte
	have int // bytes in buf
	used int // of these, handed out by the last next
}

func newInbox(c net.Conn) *inbox { return &inbox{conn: c, buf: make([]byte, firstBytes)} }

// next waits for one frame or more. They are valid until the next call.
func (in *inbox) next() ([]byte, error) {
	in.have = copy(in.buf, in.buf[in.used:in.have])
	in.used = 0
	for in.used == 0 {
		in.grow()
		n, err := in.conn.Read(in.buf[in.have:])
		if err != nil {
			return nil, err
		}
		in.have += n
		if in.used = wire.Complete(in.buf[:in.have]); in.used < 0 {
			return nil, errMalformed
		}
	}
	return in.buf[:in.used], nil
}

// grow makes room when an incomplete frame fills the buffer.
func (in *inbox) grow() {
	if in.have < len(in.buf) {
		return
	}
	buf := make([]byte, 2*len(in.buf))
	copy(buf, in.buf)
	in.buf = buf
}
