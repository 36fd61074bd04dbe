//go:build windows

package iocp

import (
	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/winsock"
)

// Attach binds h to the port. Windows binds a handle once for its life; what is
// bound to another port gives an error. Datagram sockets are not supported.
func (p *Port) Attach(h port.Handle, kind port.Kind, key port.Object) (port.Ref, error) {
	p.own()
	invariant.Check(kind >= port.KindListener && kind <= port.KindOther, "attached a handle of no kind")
	if kind == port.KindDatagram {
		return 0, p.fail("attach", windows.WSAEOPNOTSUPP)
	}
	s := p.slots.take()
	if s == nil {
		return 0, p.fail("attach", windows.WSAENOBUFS)
	}
	s.object, s.kind, s.handle = key, kind, windows.Handle(h)
	if err := p.associate(s); err != nil {
		p.slots.give(s)
		return 0, p.fail("attach", err)
	}
	return s.ref, nil
}

// associate has completions of the slot's handle come to this port.
func (p *Port) associate(s *slot) error {
	if s.kind == port.KindOther { // it is waited for, not worked on
		if errno := winsock.IsHandle(s.handle); errno != 0 {
			return errno
		}
		return nil
	}
	p.stats.Syscalls += 2
	if errno := winsock.Associate(p.port, s.handle, s.key()); errno != 0 {
		return errno
	}
	if p.skips {
		if errno := winsock.SkipOnSuccess(s.handle); errno != 0 {
			return errno
		}
	}
	switch s.kind {
	case port.KindFile:
		s.file = new(fileQueue)
	case port.KindListener:
		return p.listen(s)
	}
	return nil
}

// Detach undoes Attach without closing, on systems that can undo an association
// (FileReplaceCompletionInformation, since Windows 8.1). Otherwise it gives
// ErrNotSupported and changes nothing.
func (p *Port) Detach(ref port.Ref) (port.Handle, error) {
	p.own()
	s := p.slots.find(ref)
	if s == nil {
		return port.NoHandle, &port.Error{Op: "detach", Driver: Name, Outcome: port.ErrClosed}
	}
	invariant.Check(s.pending == 0 && s.ops[port.LaneEnd] == nil, "detached with an operation pending")
	if s.kind != port.KindOther {
		p.stats.Syscalls++
		if errno := winsock.Disassociate(s.handle); errno != 0 {
			return port.NoHandle, &port.Error{Op: "detach", Driver: Name, Outcome: port.ErrNotSupported, Cause: errno}
		}
	}
	h := port.Handle(s.handle)
	p.free(s)
	return h, nil
}

// free ends an attachment whose handle is closed or surrendered.
func (p *Port) free(s *slot) {
	if s.listener != nil {
		s.listener.release()
	}
	p.slots.give(s)
}
