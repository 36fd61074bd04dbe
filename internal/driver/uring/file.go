//go:build linux

package uring

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	abi "github.com/raon-engine/raon/internal/sys/uring"
)

// submitFile runs op, or has it wait behind the others of the file.
func (p *Port) submitFile(s *slot, op *port.Op) {
	if s.ops[port.LaneRead] == nil {
		p.runFile(s, op)
		return
	}
	if last := s.ops[port.LaneWrite]; last == nil {
		op.Driver.Next = op
	} else {
		op.Driver.Next, last.Driver.Next = last.Driver.Next, op
	}
	s.ops[port.LaneWrite] = op
}

// nextFile runs the first of the waiting ops.
func (p *Port) nextFile(s *slot) {
	if last := s.ops[port.LaneWrite]; last != nil {
		first := last.Driver.Next
		unlink(s, last, first)
		p.runFile(s, first)
	}
}

// unlink takes op, which follows before, out of the ring of waiting ops.
func unlink(s *slot, before, op *port.Op) {
	if before == op {
		s.ops[port.LaneWrite] = nil
	} else {
		before.Driver.Next = op.Driver.Next
		if s.ops[port.LaneWrite] == op {
			s.ops[port.LaneWrite] = before
		}
	}
	op.Driver.Next = nil
}

// runFile starts op, the only one of its file that runs.
func (p *Port) runFile(s *slot, op *port.Op) {
	s.ops[port.LaneRead] = op
	moves := op.Type == port.OpFileWrite || op.Type == port.OpFileRead
	switch {
	case moves && !begin(op):
		p.end(op, 0)
	case op.Type == port.OpFileRead && op.Offset < 0:
		p.end(op, -int32(unix.EINVAL)) // to the ring, -1 is the file's own position
	case op.Type == port.OpFileTruncate && !p.driver.features.truncate:
		p.queue(op) // the call may block, so it is left to Poll
	default:
		p.start(s, op)
	}
}

// cancelFile ends op at once if it only waits, else asks for its end.
func (p *Port) cancelFile(s *slot, op *port.Op) {
	if s.ops[port.LaneRead] == op {
		p.cancelLane(s, port.LaneRead)
		return
	}
	last := s.ops[port.LaneWrite]
	for before := last; before != nil; before = before.Driver.Next {
		if before.Driver.Next == op {
			unlink(s, before, op)
			p.end(op, -int32(unix.ECANCELED))
			return
		}
		if before.Driver.Next == last {
			return
		}
	}
}

// cancelFiles ends all that wait, in their order, and asks for the end of the
// one that runs.
func (p *Port) cancelFiles(s *slot) {
	p.cancelLane(s, port.LaneRead)
	for last := s.ops[port.LaneWrite]; last != nil; last = s.ops[port.LaneWrite] {
		first := last.Driver.Next
		unlink(s, last, first)
		p.end(first, -int32(unix.ECANCELED))
	}
}

func (p *Port) prepareFile(op *port.Op, e *abi.SQE) {
	p.quick++
	switch op.Type {
	case port.OpFileSync:
		e.Opcode = abi.OpFsync
	case port.OpFileTruncate:
		e.Opcode, e.Off = abi.OpFtruncate, uint64(op.Offset)
	case port.OpFileRead:
		b := op.Bufs[0][op.Done:]
		b = b[:min(len(b), port.SendChunk)]
		e.Opcode, e.Addr, e.Len = abi.OpRead, uint64(address(b)), uint32(len(b))
		e.Off = uint64(op.Offset + int64(op.Done))
		p.payload += len(b)
	case port.OpFileWrite:
		vecs, bytes := p.scratch.gather(op, port.SendChunk)
		e.Opcode, e.Addr, e.Len = abi.OpWritev, uint64(uintptr(unsafe.Pointer(unsafe.SliceData(vecs)))), uint32(len(vecs))
		p.payload += bytes
		if op.Offset == port.Append {
			e.OpFlags = unix.RWF_APPEND // the file's end, however it was opened; the offset is not looked at
		} else {
			e.Off = uint64(op.Offset + int64(op.Done))
		}
	}
}

// truncate is for kernels whose rings cannot. It is called by Poll only, for it
// may wait for the disk.
func (p *Port) truncate(s *slot, op *port.Op) int32 {
	p.stats.Syscalls++
	for {
		switch err := unix.Ftruncate(int(s.fd), op.Offset); err {
		case nil:
			return 0
		case unix.EINTR:
		default:
			return -int32(err.(unix.Errno))
		}
	}
}

// onFile takes the completion of a file's running op.
func (p *Port) onFile(s *slot, op *port.Op, res int32) {
	switch {
	case again(res) && op.Driver.Flags&opCanceled != 0:
		p.finish(s, op, -int32(unix.ECANCELED))
	case again(res):
		p.start(s, op)
	case res < 0 || op.Type == port.OpFileSync || op.Type == port.OpFileTruncate:
		p.finish(s, op, min(res, 0))
	case res == 0:
		p.onFileStop(s, op)
	case advance(op, int(res)):
		p.finish(s, op, 0)
	case op.Driver.Flags&opCanceled != 0:
		p.finish(s, op, -int32(unix.ECANCELED))
	default:
		p.start(s, op)
	}
}

// onFileStop ends an op that moves nothing more: a read at the end of the file,
// or a write that the kernel takes without taking a byte.
func (p *Port) onFileStop(s *slot, op *port.Op) {
	switch {
	case op.Type == port.OpFileWrite:
		p.finish(s, op, -int32(unix.EIO))
	case op.Done == 0:
		p.finish(s, op, resEOF)
	default:
		p.finish(s, op, 0)
	}
}
