//go:build windows

package iocp

import (
	"syscall"
	"time"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/winsock"
)

// acceptTries bounds the accepts that fail at once, one after the other.
const acceptTries = 64

// startAccept posts accepts for an op that takes connections.
func (p *Port) startAccept(s *slot) {
	s.listener.broken = nil
	if s.listener.accepted.Len() == 0 {
		p.postAccepts(s)
	}
	p.readers.push(s)
}

// accept returns connections as far as there is room, posts as many accepts
// again, and ends the op when that was asked for and the kernel has let go.
func (p *Port) accept(s *slot, op *port.Op, out []port.Event) (n int) {
	l := s.listener
	if op.Type == port.OpPreRecv {
		p.endPreAccept(s, op)
		return 0
	}
	for ; n < len(out) && l.accepted.Len() > 0; n++ {
		out[n] = port.Event{Op: op, Object: s.object, Handle: port.Handle(l.accepted.Pop()), More: true}
	}
	switch ending := l.broken != nil || op.Driver.Flags&flagCanceled != 0; {
	case l.accepted.Len() > 0:
		p.readers.push(s)
	case !ending:
		if failed := p.postAccepts(s); failed != 0 && n < len(out) {
			n += p.tellFull(s, op, failed, out[n:])
		}
	case l.posted == 0:
		p.end(op, s.object, p.acceptVerdict(op, l))
	}
	return n
}

// endPreAccept ends an OpPreRecv of a listener: there is a connection, which
// the next OpAccept gets, or none will come. Meanwhile nothing else is
// accepted.
func (p *Port) endPreAccept(s *slot, op *port.Op) {
	l := s.listener
	ending := l.broken != nil || op.Driver.Flags&flagCanceled != 0
	switch {
	case l.posted > 0:
		if l.accepted.Len() > 0 && op.Driver.Flags&flagPeeked == 0 {
			op.Driver.Flags |= flagPeeked
			p.cancelAccepts(s)
		}
	case l.accepted.Len() > 0 && !ending:
		p.end(op, s.object, nil)
	case ending:
		p.end(op, s.object, p.acceptVerdict(op, l))
	default:
		p.postAccepts(s)
	}
}

func (p *Port) acceptVerdict(op *port.Op, l *listener) error {
	if op.Driver.Flags&flagCanceled != 0 {
		return port.ErrCanceled
	}
	return l.broken
}

// postAccepts posts accepts until all records are with the kernel or something
// is in the way. It returns the error number when handles or memory ran out.
func (p *Port) postAccepts(s *slot) syscall.Errno {
	l := s.listener
	tries := 0
	for i := range l.conns {
		for l.conns[i] == windows.InvalidHandle && l.broken == nil && l.accepted.Len() < len(l.conns) {
			if tries++; tries > acceptTries {
				p.readers.push(s)
				return 0
			}
			if errno := p.postAccept(s, i); errno != 0 {
				p.awaitHandle(s)
				return errno
			}
		}
	}
	return 0
}

// postAccept posts one accept. What it returns says that handles or memory ran
// out.
func (p *Port) postAccept(s *slot, i int) syscall.Errno {
	l := s.listener
	p.stats.Syscalls += 2
	conn, errno := p.sockets.NewAcceptSocket(s.handle)
	if errno != 0 {
		if winsock.AcceptVerdict(errno) != winsock.AcceptFull {
			l.broken = p.fail(port.OpAccept.String(), errno)
			return 0
		}
		return errno
	}
	record := &l.records[i]
	record.overlapped = windows.Overlapped{}
	errno = winsock.AcceptEx(s.handle, conn, &record.addrs[0], &record.overlapped)
	if p.pends(errno) {
		l.conns[i] = conn
		l.posted++
		p.inflight++
		return 0
	}
	if full := p.judge(s, conn, errno); full {
		return errno
	}
	return 0
}

// judge takes the outcome of one accept, whose socket is conn. A connection
// that died before it was accepted is no event at all. It tells whether handles
// or memory ran out.
func (p *Port) judge(s *slot, conn windows.Handle, errno syscall.Errno) (full bool) {
	l := s.listener
	if errno == 0 {
		p.stats.Syscalls++
		errno = winsock.UpdateAccept(s.handle, conn)
	}
	switch verdict := winsock.AcceptVerdict(errno); {
	case verdict == winsock.AcceptOK:
		l.accepted.Push(conn)
		p.readers.push(s) // also when it was accepted inside the call that posts
		return false
	case verdict == winsock.AcceptFull:
		full = true
	case verdict == winsock.AcceptBroken && !winsock.Canceled(errno):
		l.broken = p.fail(port.OpAccept.String(), errno)
	}
	if full { // that this one comes free is no reason to try again at once
		_ = winsock.Close(conn, true)
		return true
	}
	_ = p.sockets.CloseHandle(port.Handle(conn), true)
	return false
}

// tellFull says that handles ran out, at most once per AcceptRetry, and not
// while accepts are posted: those have theirs already.
func (p *Port) tellFull(s *slot, op *port.Op, errno syscall.Errno, out []port.Event) int {
	l, now := s.listener, p.clock()
	if l.posted > 0 || winsock.Outcome(errno) != port.ErrTooManyFiles || l.told && now-l.toldAt < port.AcceptRetry {
		return 0
	}
	l.told, l.toldAt = true, now
	out[0] = port.Event{Op: op, Object: s.object, Handle: port.NoHandle, Err: p.fail(op.Type.String(), errno), More: true}
	return 1
}

// awaitHandle has accepting tried again when a handle comes free, or after
// AcceptRetry.
func (p *Port) awaitHandle(s *slot) {
	if s.listener.waits {
		return
	}
	if p.full.Len() == 0 {
		p.retryAt = p.clock() + port.AcceptRetry
	}
	s.listener.waits = true
	p.full.Push(s.ref)
	if !p.sockets.AwaitFree(p, p.frees) {
		p.retryAt = p.clock() // one came free since accepting was tried
	}
}

// retryAccepts has those listeners served that wait for a handle, if one was
// closed anywhere in this driver or it is time.
func (p *Port) retryAccepts() {
	frees := p.sockets.Frees()
	if p.full.Len() == 0 || frees == p.frees && p.clock() < p.retryAt {
		if p.full.Len() == 0 {
			p.frees = frees
		}
		return
	}
	p.frees = frees
	for range p.full.Len() {
		s := p.slots.find(p.full.Pop())
		if s != nil && s.listener != nil {
			s.listener.waits = false
			p.stats.Rearms++
			p.readers.push(s)
		}
	}
}

// untilAccept shortens wait so that the next attempt to accept is on time.
func (p *Port) untilAccept(wait time.Duration) time.Duration {
	if p.full.Len() == 0 {
		return wait
	}
	left := max(p.retryAt-p.clock(), 0)
	if wait < 0 || left < wait {
		return left
	}
	return wait
}
