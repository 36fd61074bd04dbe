//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package ready

import (
	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
)

// Attach binds h to the port. Datagram sockets are not supported.
func (p *Port) Attach(h port.Handle, kind port.Kind, key port.Object) (port.Ref, error) {
	p.own()
	invariant.Check(kind >= port.KindListener && kind <= port.KindOther, "attached a handle of no kind")
	if kind == port.KindDatagram {
		return 0, p.fail("attach", unix.EOPNOTSUPP)
	}
	s := p.slots.take()
	if s == nil {
		return 0, p.fail("attach", unix.ENOBUFS)
	}
	s.object, s.kind, s.fd = key, kind, int32(h)
	if err := p.register(s); err != nil {
		p.slots.give(s)
		return 0, p.fail("attach", err)
	}
	return s.ref, nil
}

func (p *Port) register(s *slot) error {
	if s.kind == port.KindFile {
		s.file = new(fileQueue)
		return nil
	}
	if err := socket.Prepare(int(s.fd), s.kind); err != nil {
		return err
	}
	p.stats.Syscalls++
	if err := p.queue.Add(int(s.fd), s.ref); err != nil {
		return err
	}
	if s.kind == port.KindListener {
		p.sockets.AdoptListener(port.Handle(s.fd))
	}
	return nil
}

// Detach undoes Attach without closing.
func (p *Port) Detach(ref port.Ref) (port.Handle, error) {
	p.own()
	s := p.slots.find(ref)
	if s == nil {
		return port.NoHandle, &port.Error{Op: "detach", Driver: p.sockets.Name(), Outcome: port.ErrClosed}
	}
	invariant.Check(s.pending == 0 && s.ops[port.LaneEnd] == nil, "detached with an operation pending")
	h := port.Handle(s.fd)
	if s.kind != port.KindFile {
		p.stats.Syscalls++
		if err := p.queue.Remove(int(s.fd)); err != nil {
			return port.NoHandle, p.fail("detach", err)
		}
	}
	if s.kind == port.KindListener {
		p.sockets.SurrenderListener(h)
	}
	p.free(s)
	return h, nil
}

// free ends an attachment whose handle is closed or surrendered.
func (p *Port) free(s *slot) {
	unlink(s, port.LaneRead)
	unlink(s, port.LaneWrite)
	p.slots.give(s)
}

// closeHandle closes the handle of s. Nothing of s is pending in the kernel:
// readiness leaves nothing there.
func (p *Port) closeHandle(s *slot, abort bool) error {
	p.stats.Syscalls++
	if s.kind == port.KindStream || s.kind == port.KindFile {
		err := socket.Close(int(s.fd), abort && s.kind == port.KindStream)
		p.sockets.Freed()
		return err
	}
	// A duplicate elsewhere, as after a hand-over, would keep the registration
	// alive: closing is not enough. Failing means that there is none.
	_ = p.queue.Remove(int(s.fd))
	return p.sockets.CloseHandle(port.Handle(s.fd), abort)
}
