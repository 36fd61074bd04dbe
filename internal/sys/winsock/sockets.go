//go:build windows

package winsock

import (
	"io/fs"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/frees"
)

// Sockets is the handle half of port.Driver, to be embedded by a driver. All
// its methods may be called by any goroutine.
type Sockets struct {
	driver    string
	caps      port.Caps
	skips     bool
	keepAlive keepAlives
	limit     limit
	frees.Counter
}

// New makes the handle half of the driver with the given name. It fails where
// the calls of completion ports are missing.
func New(driver string) (*Sockets, error) {
	if err := load(); err != nil {
		return nil, Error(driver, "load", "ws2_32", err)
	}
	h, err := newSocket(windows.AF_INET)
	if err != nil {
		return nil, Error(driver, "socket", "", err)
	}
	defer windows.Closesocket(h)
	s := &Sockets{driver: driver, skips: isProviderPlain(h)}
	s.keepAlive.emulated = setInt(h, windows.IPPROTO_TCP, tcpKeepIdle, 7200) != 0
	s.caps = port.Caps{
		IPv6: hasIPv6(), KeepAliveSet: true, Files: true,
		UserTimeout: setInt(h, windows.IPPROTO_TCP, tcpMaxRT, 60) == 0,
		Detach:      canDisassociate(),
	}
	return s, nil
}

// Name is the driver's name.
func (s *Sockets) Name() string { return s.driver }

// Caps says what handles of this system can do.
func (s *Sockets) Caps() port.Caps { return s.caps }

// SkipsOnSuccess tells whether SkipOnSuccess may be used: layered providers
// whose sockets are no file handles of the system break it.
func (s *Sockets) SkipsOnSuccess() bool { return s.skips }

// Socket makes a stream socket that can connect to addr.
func (s *Sockets) Socket(addr port.Addr) (port.Handle, error) {
	h, err := s.stream(family(addr))
	if err != nil {
		return port.NoHandle, s.fail("socket", addr.String(), err)
	}
	return port.Handle(h), nil
}

// AcceptSocket makes the socket that an AcceptEx turns into a connection to
// listener: it is of the same family.
func (s *Sockets) AcceptSocket(listener windows.Handle) (windows.Handle, syscall.Errno) {
	family, errno := familyOf(listener)
	if errno != 0 {
		return windows.InvalidHandle, errno
	}
	h, err := s.stream(family)
	return h, number(err)
}

// stream is newSocket within the limit.
func (s *Sockets) stream(family int) (windows.Handle, error) {
	if !s.limit.take(s.Frees()) {
		return windows.InvalidHandle, windows.WSAEMFILE
	}
	return newSocket(family)
}

// OpenFile opens path with the flags of package os, for overlapped operations.
func (s *Sockets) OpenFile(path string, flag int, perm fs.FileMode) (port.Handle, error) {
	h, err := syscall.Open(path, flag|windows.FILE_FLAG_OVERLAPPED, uint32(perm.Perm()))
	if err != nil {
		return port.NoHandle, s.fail("open", path, err)
	}
	return port.Handle(h), nil
}

// CloseHandle closes a handle that is attached to no port.
func (s *Sockets) CloseHandle(h port.Handle, abort bool) error {
	s.keepAlive.forget(windows.Handle(h))
	err := Close(windows.Handle(h), abort)
	if err == windows.WSAENOTSOCK {
		err = windows.CloseHandle(windows.Handle(h))
	}
	s.Freed()
	return s.fail("close", "", err)
}

func (s *Sockets) fail(op, detail string, err error) error { return Error(s.driver, op, detail, err) }

// newSocket makes a stream socket: overlapped, not inherited, not waiting.
func newSocket(family int) (windows.Handle, error) {
	if family == windows.AF_UNSPEC {
		return windows.InvalidHandle, windows.WSAEAFNOSUPPORT
	}
	h, err := windows.WSASocket(int32(family), windows.SOCK_STREAM, windows.IPPROTO_TCP, nil, 0,
		windows.WSA_FLAG_OVERLAPPED|windows.WSA_FLAG_NO_HANDLE_INHERIT)
	if err != nil {
		return windows.InvalidHandle, err
	}
	if err := setNonblock(h); err != nil {
		_ = windows.Closesocket(h)
		return windows.InvalidHandle, err
	}
	return h, nil
}

// setNonblock has recv return at once; overlapped calls do so in any case.
func setNonblock(h windows.Handle) error {
	const fionbio = 0x8004667e
	on, n := uint32(1), uint32(0)
	return windows.WSAIoctl(h, fionbio, (*byte)(unsafe.Pointer(&on)), 4, nil, 0, &n, nil, 0)
}

// isProviderPlain asks whether the socket is a file handle of the system's own
// (XP1_IFS_HANDLES).
func isProviderPlain(h windows.Handle) bool {
	const (
		ifsHandles     = 0x20000
		soProtocolInfo = 0x2005 // SO_PROTOCOL_INFOW
	)
	var info windows.WSAProtocolInfo
	size := int32(unsafe.Sizeof(info))
	err := windows.Getsockopt(h, windows.SOL_SOCKET, soProtocolInfo, (*byte)(unsafe.Pointer(&info)), &size)
	return err == nil && info.ServiceFlags1&ifsHandles != 0
}

// canDisassociate finds out by doing.
func canDisassociate() bool {
	iocp, err := NewPort()
	if err != nil {
		return false
	}
	defer windows.CloseHandle(iocp)
	h, err := newSocket(windows.AF_INET)
	if err != nil {
		return false
	}
	defer windows.Closesocket(h)
	return Associate(iocp, h, 1) == 0 && Disassociate(h) == 0
}

// hasIPv6 finds out by doing: a system that knows the family may have no address
// in it.
func hasIPv6() bool {
	h, err := newSocket(windows.AF_INET6)
	if err != nil {
		return false
	}
	defer windows.Closesocket(h)
	return windows.Bind(h, &windows.SockaddrInet6{Addr: [16]byte{15: 1}}) == nil
}
