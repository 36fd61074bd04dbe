//go:build linux

package uring

import (
	"errors"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
	abi "github.com/raon-engine/raon/internal/sys/uring"
)

// startConnect refuses what is no address.
func (p *Port) startConnect(s *slot, op *port.Op) {
	var errno unix.Errno
	if err := new(socket.RawAddr).Set(op.Addr); errors.As(err, &errno) {
		p.end(op, -int32(errno))
		return
	}
	p.start(s, op)
}

func (p *Port) prepareConnect(op *port.Op, e *abi.SQE) {
	to := p.scratch.addr()
	if to.Set(op.Addr) != nil {
		to.Len = 0 // an interface has gone since, the zone with it
	}
	e.Opcode, e.Addr, e.Off = abi.OpConnect, uint64(uintptr(unsafe.Pointer(&to.Any))), uint64(to.Len)
	p.quick++
}

// preparePoll waits until there is something to read, an end or an error.
func preparePoll(e *abi.SQE, multishot bool) {
	e.Opcode = abi.OpPollAdd
	e.OpFlags = abi.PollMask(unix.POLLIN | unix.POLLRDHUP)
	if multishot {
		e.Len = abi.PollMultishot
	}
}

// onPreRecv ends with success for any mask of events: errors too are something
// to read.
func (p *Port) onPreRecv(s *slot, op *port.Op, res int32) { p.finish(s, op, min(res, 0)) }

// onConnect ends a Connect. The kernel makes interrupted ones again by itself.
func (p *Port) onConnect(s *slot, op *port.Op, res int32) { p.finish(s, op, res) }
