//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/raon-engine/raon/bench/wire"
)

const (
	members      = 8
	framesOfEach = 200
	helloID      = 0xffff
)

// checkRoom has every member say its frames while all read.
func checkRoom(t *testing.T, addr string) {
	var conns []net.Conn
	for range members {
		c := dialServer(t, addr)
		write(t, c, hello())
		expect(t, c, hello()) // it is in the room
		conns = append(conns, c)
	}
	failures := make(chan error, 2*members)
	for i, c := range conns {
		go func() { failures <- talk(c, uint16(i)) }()
		go func() { failures <- listen(c) }()
	}
	for range cap(failures) {
		if err := <-failures; err != nil {
			t.Error(err)
		}
	}
}

// hello is what each member says first; those before it hear it too.
func hello() []byte { return testFrame(wire.HeaderBytes, helloID) }

// roomFrame is frame seq of a sender. Lengths vary, so that reads cut frames
// everywhere.
func roomFrame(sender uint16, seq uint32) []byte {
	f := testFrame(wire.HeaderBytes+4+int(seq%50), sender)
	binary.LittleEndian.PutUint32(f[wire.HeaderBytes:], seq)
	return f
}

func talk(c net.Conn, sender uint16) error {
	for seq := range uint32(framesOfEach) {
		if _, err := c.Write(roomFrame(sender, seq)); err != nil {
			return err
		}
	}
	return nil
}

// listen takes every frame of every member, each member's in order.
func listen(c net.Conn) error {
	var next [members]uint32
	for left := members * framesOfEach; left > 0; {
		got, err := readFrame(c)
		if err != nil {
			return fmt.Errorf("%d frames did not come: %w", left, err)
		}
		sender := wire.ID(got)
		if sender == helloID {
			continue
		}
		if sender >= members || !bytes.Equal(got, roomFrame(sender, next[sender])) {
			return fmt.Errorf("%d frames from the end, sender %d: out of order, or changed", left, sender)
		}
		next[sender]++
		left--
	}
	return nil
}

func readFrame(c net.Conn) ([]byte, error) {
	header := make([]byte, wire.HeaderBytes)
	if _, err := io.ReadFull(c, header); err != nil {
		return nil, err
	}
	f := append(header, make([]byte, max(0, wire.Size(header)-wire.HeaderBytes))...)
	_, err := io.ReadFull(c, f[wire.HeaderBytes:])
	return f, err
}
