//go:build linux

package uring

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	abi "github.com/raon-engine/raon/internal/sys/uring"
)

// prepareConnect connects to op.Addr. An address that cannot be encoded is
// given to the kernel empty, which refuses it.
func (p *Port) prepareConnect(op *port.Op, e *abi.SQE) {
	to := p.scratch.addr()
	if op.Addr == nil || to.Set(op.Addr) != nil {
		to.Len = 0
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

// isUnix asks for the address family of a socket.
func isUnix(fd int32) bool {
	family, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DOMAIN)
	return err == nil && family == unix.AF_UNIX
}
