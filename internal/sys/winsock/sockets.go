//go:build windows

package winsock

import (
	"io/fs"
	"syscall"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/frees"
)

// Sockets is the handle half of port.Driver, to be embedded by a driver. All
// its methods may be called by any goroutine.
type Sockets struct {
	driver     string
	caps       port.Caps
	skips      bool
	keepAlives keepAlives
	limit      limit
	frees.Counter
}

// New makes the handle half of the driver with the given name. It fails where
// Winsock 2.2, AcceptEx or ConnectEx are missing.
func New(driver string) (*Sockets, error) {
	if err := start(); err != nil {
		return nil, Error(driver, "winsock", "", err)
	}
	return &Sockets{driver: driver, skips: skipsOnSuccess(), caps: port.Caps{
		IPv6: hasIPv6(), UserTimeout: hasUserTimeout(), KeepAliveSet: hasKeepAlive(), Files: true, Detach: canDetach(),
	}}, nil
}

// Name is the driver's name.
func (s *Sockets) Name() string { return s.driver }

// Caps says what handles of this system can do.
func (s *Sockets) Caps() port.Caps { return s.caps }

// SkipsOnSuccess tells whether SkipOnSuccess can be relied on.
func (s *Sockets) SkipsOnSuccess() bool { return s.skips }

// Socket makes a stream socket that can connect to addr.
func (s *Sockets) Socket(addr port.Addr) (port.Handle, error) {
	h, errno := s.newStream(family(addr))
	if errno != 0 {
		return port.NoHandle, s.fail("socket", addr.String(), errno)
	}
	return port.Handle(h), nil
}

// NewAcceptSocket makes a socket that AcceptEx can give a connection of
// listener to.
func (s *Sockets) NewAcceptSocket(listener windows.Handle) (windows.Handle, syscall.Errno) {
	if !s.limit.take(s.Frees()) {
		return windows.InvalidHandle, windows.WSAEMFILE
	}
	h, errno := NewAcceptSocket(listener)
	if errno != 0 {
		s.limit.give()
	}
	return h, errno
}

// OpenFile opens path with the flags of package os.
func (s *Sockets) OpenFile(path string, flag int, perm fs.FileMode) (port.Handle, error) {
	if !s.limit.take(s.Frees()) {
		return port.NoHandle, s.fail("open", path, windows.ERROR_TOO_MANY_OPEN_FILES)
	}
	h, err := OpenFile(path, flag, perm)
	if err != nil {
		s.limit.give()
		return port.NoHandle, s.fail("open", path, err)
	}
	return port.Handle(h), nil
}

// LocalAddr asks the system for the socket's own end.
func (s *Sockets) LocalAddr(h port.Handle) (port.Addr, error) {
	return s.ask(procGetSockName, "local address", h)
}

// PeerAddr asks the system for the socket's other end.
func (s *Sockets) PeerAddr(h port.Handle) (port.Addr, error) {
	return s.ask(procGetPeerName, "peer address", h)
}

func (s *Sockets) ask(call *windows.LazyProc, op string, h port.Handle) (port.Addr, error) {
	var raw RawAddr
	if errno := name(call, windows.Handle(h), &raw); errno != 0 {
		return port.Addr{}, s.fail(op, "", errno)
	}
	return raw.Addr(), nil
}

// CloseHandle closes a handle that is attached to no port, a socket or whatever
// else.
func (s *Sockets) CloseHandle(h port.Handle, abort bool) error {
	s.keepAlives.forget(windows.Handle(h))
	err := Close(windows.Handle(h), abort)
	if err == syscall.Errno(windows.WSAENOTSOCK) {
		err = CloseFile(windows.Handle(h))
	}
	s.Freed()
	return s.fail("close", "", err)
}

func (s *Sockets) fail(op, detail string, err error) error { return Error(s.driver, op, detail, err) }

// newStream makes a socket unless the limit of tests is reached. A system may
// know a family and still have no address in it: that is to have no IPv6. Unix
// sockets are not supported.
func (s *Sockets) newStream(family int32) (windows.Handle, syscall.Errno) {
	if family != windows.AF_INET && (family != windows.AF_INET6 || !s.caps.IPv6) {
		return windows.InvalidHandle, windows.WSAEAFNOSUPPORT
	}
	if !s.limit.take(s.Frees()) {
		return windows.InvalidHandle, windows.WSAEMFILE
	}
	h, errno := newStream(family)
	if errno != 0 {
		s.limit.give()
	}
	return h, errno
}
