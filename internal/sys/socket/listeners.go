//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"net/netip"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// listeners remembers the listening sockets of a driver: which unix path goes
// with which, and which ports are shared by choice.
type listeners struct {
	mu   sync.Mutex
	byFD map[int]listener
}

type listener struct {
	addr   port.Addr
	shared bool
	file   fileID // of the unix path
}

// fileID tells a path's file from another one that took its place.
type fileID struct{ dev, ino uint64 }

// AdoptListener makes the driver the owner of a listener that was made
// elsewhere: closing it will remove its unix path. A port calls it when a
// listener is attached; for one of the driver's own it changes nothing.
func (s *Sockets) AdoptListener(h port.Handle) { s.listeners.add(int(h), false) }

// SurrenderListener makes the driver forget a listener, which from now on is
// somebody else's to close, its unix path included. A port calls it when a
// listener is detached.
func (s *Sockets) SurrenderListener(h port.Handle) {
	s.listeners.mu.Lock()
	defer s.listeners.mu.Unlock()
	delete(s.listeners.byFD, int(h))
}

func (l *listeners) add(fd int, shared bool) {
	addr, errno := localAddr(fd)
	if errno != 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.byFD[fd]; known {
		return
	}
	if l.byFD == nil {
		l.byFD = make(map[int]listener)
	}
	l.byFD[fd] = listener{addr: addr, shared: shared, file: fileOf(addr.Path)}
}

// remove forgets fd before it is closed. The path goes first: once the
// listener is closed, the path may be another's.
func (l *listeners) remove(fd int) {
	l.mu.Lock()
	gone := l.byFD[fd]
	delete(l.byFD, fd)
	l.mu.Unlock()
	if gone.file != (fileID{}) && fileOf(gone.addr.Path) == gone.file {
		_ = unix.Unlink(gone.addr.Path) // somebody else removed it: as well
	}
}

// shares tells whether a listener here has addr and shares it.
func (l *listeners) shares(addr port.Addr) bool {
	addr.IP = netip.AddrPortFrom(addr.IP.Addr().Unmap(), addr.IP.Port()) // as the kernel has it
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, have := range l.byFD {
		if have.shared && have.addr == addr {
			return true
		}
	}
	return false
}

// fileOf identifies the socket file at path. The zero fileID means that there
// is none, abstract names included.
func fileOf(path string) fileID {
	var st unix.Stat_t
	if path == "" || path[0] == '@' || unix.Lstat(path, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFSOCK {
		return fileID{}
	}
	return fileID{dev: uint64(st.Dev), ino: uint64(st.Ino)}
}

// removeStale removes the socket file at path if no socket is bound to it any
// more, and tells whether it did. Two processes that start at the same moment
// on the same stale path may still both succeed; the last to bind has the path.
func removeStale(path string) bool {
	file := fileOf(path)
	if file == (fileID{}) || !abandoned(path) || fileOf(path) != file {
		return false
	}
	return unix.Unlink(path) == nil
}

// abandoned tells whether no socket is bound to the unix path. It tries to
// connect a datagram socket: one that is bound, listening or about to, answers
// EPROTOTYPE and sees nothing of it, while a stream would put a connection into
// its backlog.
func abandoned(path string) bool {
	fd, err := newSocket(unix.AF_UNIX, unix.SOCK_DGRAM)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	return unix.Connect(fd, &unix.SockaddrUnix{Name: path}) == unix.ECONNREFUSED
}
