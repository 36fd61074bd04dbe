//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"io/fs"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/frees"
)

// Sockets is the handle half of port.Driver, to be embedded by a driver. All
// its methods may be called by any goroutine.
type Sockets struct {
	driver    string
	caps      port.Caps
	listeners listeners
	frees.Counter
}

// New makes the handle half of the driver with the given name.
func New(driver string) *Sockets {
	return &Sockets{driver: driver, caps: port.Caps{
		Unix: true, IPv6: hasIPv6(), ReusePort: sharesLoad(), Files: true, Detach: true, FileLimit: true,
		UserTimeout:  userTimeout != missing,
		KeepAliveSet: keepIdle != missing,
	}}
}

// Name is the driver's name.
func (s *Sockets) Name() string { return s.driver }

// Caps says what handles of this system can do; a driver changes what it does
// not support itself.
func (s *Sockets) Caps() port.Caps { return s.caps }

// Socket makes a stream socket that can connect to addr.
func (s *Sockets) Socket(addr port.Addr) (port.Handle, error) {
	fd, err := newStream(family(addr))
	if err != nil {
		return port.NoHandle, s.fail("socket", addr.String(), err)
	}
	return port.Handle(fd), nil
}

// OpenFile opens path with the flags of package os.
func (s *Sockets) OpenFile(path string, flag int, perm fs.FileMode) (port.Handle, error) {
	for {
		fd, err := unix.Open(path, flag|unix.O_CLOEXEC, fileMode(perm))
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return port.NoHandle, s.fail("open", path, err)
		}
		return port.Handle(fd), nil
	}
}

// LocalAddr asks the kernel for the socket's own end.
func (s *Sockets) LocalAddr(h port.Handle) (port.Addr, error) {
	addr, errno := localAddr(int(h))
	if errno != 0 {
		return port.Addr{}, s.fail("local address", "", errno)
	}
	return addr, nil
}

// PeerAddr asks the kernel for the socket's other end.
func (s *Sockets) PeerAddr(h port.Handle) (port.Addr, error) {
	addr, errno := peerAddr(int(h))
	if errno != 0 {
		return port.Addr{}, s.fail("peer address", "", errno)
	}
	return addr, nil
}

// CloseHandle closes a handle that is attached to no port, and removes the
// path of a unix listener.
func (s *Sockets) CloseHandle(h port.Handle, abort bool) error {
	s.listeners.remove(int(h))
	err := Close(int(h), abort)
	s.Freed()
	return s.fail("close", "", err)
}

func (s *Sockets) fail(op, detail string, err error) error { return Error(s.driver, op, detail, err) }

func newStream(family int) (int, error) {
	if family == unix.AF_UNSPEC {
		return -1, unix.EADDRNOTAVAIL
	}
	return newSocket(family, unix.SOCK_STREAM)
}

// fileMode is perm with the three special bits where the kernel has them.
func fileMode(perm fs.FileMode) uint32 {
	mode := uint32(perm.Perm())
	if perm&fs.ModeSetuid != 0 {
		mode |= unix.S_ISUID
	}
	if perm&fs.ModeSetgid != 0 {
		mode |= unix.S_ISGID
	}
	if perm&fs.ModeSticky != 0 {
		mode |= unix.S_ISVTX
	}
	return mode
}

// hasIPv6 finds out by doing: a kernel that knows the family may have no
// address in it.
func hasIPv6() bool {
	fd, err := newStream(unix.AF_INET6)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	return unix.Bind(fd, &unix.SockaddrInet6{Addr: [16]byte{15: 1}}) == nil
}
