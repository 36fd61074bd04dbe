//go:build linux

package uring

import (
	"math"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
	abi "github.com/raon-engine/raon/internal/sys/uring"
)

// begin makes op ready to move its first byte. False means that there is none.
func begin(op *port.Op) bool { return !advance(op, 0) }

// skipped is how much of Bufs[Index] was moved. A lone slice may be longer
// than the field for it; then Done says the same.
func skipped(op *port.Op) int {
	if len(op.Bufs) == 1 {
		return op.Done
	}
	return int(op.Driver.Skip)
}

// advance notes that n more bytes were moved, and tells whether that is all.
func advance(op *port.Op, n int) (all bool) {
	skip := skipped(op) + n
	op.Done += n
	i := int(op.Driver.Index)
	for i < len(op.Bufs) && skip >= len(op.Bufs[i]) {
		skip -= len(op.Bufs[i])
		i++
	}
	op.Driver.Index = uint32(i)
	if len(op.Bufs) > 1 {
		invariant.Check(int64(skip) <= math.MaxUint32, "uring: slice of a gather list too long")
		op.Driver.Skip = uint32(skip)
	}
	return i == len(op.Bufs)
}

// prepareSend sends the next chunk. Without MSG_WAITALL the kernel completes a
// part as soon as the socket takes it, so that Done tells slow from stalled.
func (p *Port) prepareSend(op *port.Op, e *abi.SQE) {
	e.OpFlags = unix.MSG_NOSIGNAL
	if op.Driver.Flags&opPollFirst != 0 {
		op.Driver.Flags &^= opPollFirst
		e.IOPrio = abi.RecvSendPollFirst
	}
	p.quick++
	if i := int(op.Driver.Index); i == len(op.Bufs)-1 {
		b := op.Bufs[i][skipped(op):]
		b = b[:min(len(b), port.SendChunk)]
		e.Opcode, e.Addr, e.Len = abi.OpSend, uint64(address(b)), uint32(len(b))
		p.payload += len(b)
		return
	}
	vecs, bytes := p.scratch.gather(op, port.SendChunk)
	e.Opcode, e.Addr, e.Len = abi.OpSendMsg, uint64(uintptr(unsafe.Pointer(p.scratch.message(vecs)))), 1
	p.payload += bytes
}

// onSend goes on until everything was taken.
func (p *Port) onSend(s *slot, op *port.Op, res int32) {
	switch {
	case res > 0 && advance(op, int(res)):
		p.finish(s, op, 0)
	case op.Driver.Flags&opCanceled != 0 && (res > 0 || again(res)):
		p.finish(s, op, -int32(unix.ECANCELED))
	case res > 0:
		p.start(s, op)
	case again(res):
		op.Driver.Flags |= opPollFirst
		p.start(s, op)
	default:
		noteBroken(s, unix.Errno(-res))
		p.finish(s, op, res)
	}
}

// noteBroken remembers how the connection ended if a Send was told. The kernel
// tells once, and a receive would then see an end that the peer never sent.
// EPIPE tells nothing: an end was seen, or made, before.
func noteBroken(s *slot, errno unix.Errno) {
	if errno != unix.EPIPE && errno != unix.ECANCELED {
		s.broken = uint16(errno)
	}
}

// again tells that a request should simply be made once more. EAGAIN comes from
// non-blocking sockets whose request went to a kernel worker.
func again(res int32) bool {
	return res == -int32(unix.EAGAIN) || res == -int32(unix.EINTR)
}
