//go:build linux

package uring

import (
	"time"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	abi "github.com/raon-engine/raon/internal/sys/uring"
)

// prepareAccept accepts until told otherwise. The kernel reads RLIMIT_NOFILE when
// it takes the entry, so a limit that is changed later counts from the next time
// that the accept is armed.
func prepareAccept(e *abi.SQE) {
	e.Opcode, e.IOPrio = abi.OpAccept, abi.AcceptMultishot
	e.OpFlags = unix.SOCK_NONBLOCK | unix.SOCK_CLOEXEC
}

// onAccept takes one completion of an Accept.
func (p *Port) onAccept(s *slot, op *port.Op, c *abi.CQE) {
	if c.Res >= 0 {
		ev := p.emit(s, op)
		ev.Handle, ev.More = port.Handle(c.Res), true
		if c.Flags&abi.CQEMore == 0 {
			p.rearm(s, op)
		}
		return
	}
	p.disarm(s, port.LaneRead)
	canceled := op.Driver.Flags&opCanceled != 0
	switch errno := unix.Errno(-c.Res); {
	case canceled && (passing(errno) || exhausted(errno)):
		p.finish(s, op, -int32(unix.ECANCELED))
	case exhausted(errno):
		p.onFull(s, op, errno)
	case passing(errno) || errno == unix.ECANCELED && !canceled:
		// Kernels before 6.6 also answer ECANCELED when the completion queue is full.
		p.restart(s, op)
	default:
		p.finish(s, op, c.Res)
	}
}

// passing tells an error of one connection, which ended before it was accepted,
// from an error of the listener, accept(2).
func passing(errno unix.Errno) bool {
	switch errno {
	case unix.ECONNABORTED, unix.EPROTO, unix.EPERM, unix.ENOPROTOOPT, unix.EHOSTDOWN, unix.ENONET,
		unix.EHOSTUNREACH, unix.ENETUNREACH, unix.ENETDOWN, unix.EAGAIN, unix.EINTR:
		return true
	}
	return false
}

// exhausted tells an error that goes away when something is freed.
func exhausted(errno unix.Errno) bool {
	switch errno {
	case unix.EMFILE, unix.ENFILE, unix.ENOBUFS, unix.ENOMEM:
		return true
	}
	return false
}

// onFull tells that descriptors ran out, but not more than once per AcceptRetry,
// and has the accept wait for one. Memory comes and goes without a word.
func (p *Port) onFull(s *slot, op *port.Op, errno unix.Errno) {
	now := time.Since(p.born)
	if errno == unix.EMFILE || errno == unix.ENFILE {
		p.tellFull(s, op, now, errno)
	}
	if p.full.empty() {
		p.retryAt = now + port.AcceptRetry
	}
	p.full.push(&p.slots, s)
	if !p.driver.AwaitFree(p, p.frees) {
		p.retryAt = now // one came free since the accept was armed
	}
}

func (p *Port) tellFull(s *slot, op *port.Op, now time.Duration, errno unix.Errno) {
	const retryMs = uint32(port.AcceptRetry / time.Millisecond)
	nowMs := uint32(now/time.Millisecond) + 1 // 0 is never
	if s.fullMs != 0 && nowMs-s.fullMs < retryMs {
		return
	}
	s.fullMs = nowMs
	ev := p.emit(s, op)
	ev.Err, ev.More = p.fail(op.Type.String(), errno), true
}

// retryAccepts arms what waits for a descriptor if one was closed anywhere in
// this driver, or it is time.
func (p *Port) retryAccepts() {
	if p.full.empty() {
		p.frees = p.driver.Frees()
		return
	}
	frees := p.driver.Frees()
	if frees == p.frees && time.Since(p.born) < p.retryAt {
		return
	}
	p.frees = frees
	for n := p.full.n; n > 0; n-- {
		s := p.full.pop(&p.slots)
		p.restart(s, s.ops[port.LaneRead])
	}
}
