//go:build linux

package uring

import (
	"time"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	abi "github.com/raon-engine/raon/internal/sys/uring"
)

// Close cancels what the kernel has and waits until it has let go of it: the
// buffers are its own until then. A file operation on a disk that does not
// answer holds it up. Then handles, queues and buffers go.
func (p *Port) Close() error {
	p.check()
	p.driver.ForgetWaker(p)
	err := p.drain()
	p.wake.close()
	for !p.ended.empty() {
		p.ended.pop().Driver = port.DriverState{}
	}
	for i := range uint32(p.slots.len()) {
		if s := p.slots.at(i); s.kind != 0 {
			abandon(s)
			_ = p.driver.CloseHandle(port.Handle(s.fd), false)
		}
	}
	p.buffers.close()
	p.ring.Close()
	p.slots = slots{}
	return err
}

// abandon makes the ops of s the caller's again, without an event.
func abandon(s *slot) {
	if s.kind == port.KindFile {
		for last := s.ops[port.LaneWrite]; last != nil; last = s.ops[port.LaneWrite] {
			first := last.Driver.Next
			unlink(s, last, first)
			first.Driver = port.DriverState{}
		}
	}
	for _, op := range s.ops {
		if op != nil {
			op.Driver = port.DriverState{}
		}
	}
}

// drain cancels all requests until none is left. A request that was about to be
// made again by the kernel may escape one cancellation, so there may be several.
func (p *Port) drain() error {
	const patience = 10 * time.Millisecond
	for p.inflight > 0 {
		if e := p.ring.Prepare(); e != nil {
			e.Opcode, e.FD, e.OpFlags = abi.OpAsyncCancel, -1, abi.CancelAny|abi.CancelAll
			e.UserData = uint64(makeToken(0, laneCancel, 0))
		}
		switch errno := p.ring.Wait(true, int64(patience)); errno {
		case 0, unix.EINTR, unix.ETIME, unix.EAGAIN, unix.EBUSY, unix.ENOMEM:
		default:
			return p.fail("close", errno)
		}
		for c := p.ring.Peek(); c != nil; c = p.ring.Peek() {
			p.discard(c)
			p.ring.Seen()
		}
	}
	return nil
}

// discard takes a completion that nobody will hear of.
func (p *Port) discard(c *abi.CQE) {
	t := token(c.UserData)
	if t.lane() >= laneCancel {
		return
	}
	if c.Flags&abi.CQEMore == 0 {
		p.inflight--
	}
	if t.lane() != int(port.LaneRead) || c.Res < 0 {
		return
	}
	if op := p.slots.at(t.slot()).ops[port.LaneRead]; op != nil && op.Type == port.OpAccept {
		_ = unix.Close(int(c.Res))
	}
}
