//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// The calls below are those of package unix, since some of these systems may be
// entered through their C library only. They never block, because Prepare has
// seen to that; what allocates says so. They return 0 or the error number.

// Recv receives into p, at least one byte long. n is 0 at the end of the stream.
func Recv(fd int, p []byte) (n int, errno unix.Errno) {
	n, err := unix.Read(fd, p)
	return n, errnoOf(err)
}

// Send sends what the kernel takes of p and says how much that was.
func Send(fd int, p []byte) (n int, errno unix.Errno) {
	n, err := unix.SendmsgN(fd, p, nil, nil, sendFlags)
	return n, sendErrno(errnoOf(err))
}

// Accept takes a connection off the backlog. It allocates the peer's address,
// which nobody asked for. When there is none, the connection has been closed: it
// was given up in the backlog.
func Accept(fd int) (conn int, errno unix.Errno) {
	conn, err := acceptPrivate(fd)
	errno = errnoOf(err)
	if errno == unix.EAFNOSUPPORT {
		errno = unix.ECONNABORTED
	}
	return conn, errno
}

// Connect begins to connect; EINPROGRESS says that the outcome will come. What
// FreeBSD calls EAGAIN is that no local port is free, connect(2).
func Connect(fd int, to *RawAddr) unix.Errno {
	errno := errnoOf(unix.Connect(fd, to.set))
	if errno == unix.EAGAIN {
		return unix.EADDRNOTAVAIL
	}
	return errno
}

// Prepare is called before fd, a listener or a stream, is used by the calls
// above. It may have been made elsewhere, so it may block, or have writes to a
// connection that has ended raise a signal.
func Prepare(fd int, kind port.Kind) error {
	if kind != port.KindListener && kind != port.KindStream {
		return nil
	}
	if kind == port.KindStream {
		noSignal(fd)
	}
	return unix.SetNonblock(fd, true)
}

// bind gives fd its own end.
func bind(fd int, to *RawAddr) error { return unix.Bind(fd, to.set) }

// localAddr is the own end of fd.
func localAddr(fd int) (port.Addr, unix.Errno) {
	sa, err := unix.Getsockname(fd)
	return addrOf(sa), errnoOf(err)
}

// peerAddr is the other end of fd.
func peerAddr(fd int) (port.Addr, unix.Errno) {
	sa, err := unix.Getpeername(fd)
	return addrOf(sa), errnoOf(err)
}

// Pending takes the socket's pending error, SO_ERROR, which is how a connect
// that was in progress ended.
func Pending(fd int) unix.Errno {
	value, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return errnoOf(err)
	}
	return unix.Errno(value)
}

// Connected is 0 when fd has a peer, ENOTCONN when it has none (yet). Darwin
// says EINVAL of a connection that was there and has ended both ways. It
// allocates the address.
func Connected(fd int) unix.Errno {
	_, err := unix.Getpeername(fd)
	errno := errnoOf(err)
	if errno == unix.EINVAL {
		errno = unix.ECONNRESET
	}
	return errno
}

// Readable tells whether there is anything to read from fd, which need not be a
// socket: bytes, a connection, the end or an error.
func Readable(fd int) bool {
	look := [1]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	n, _ := unix.Poll(look[:], 0)
	return n > 0
}

// Shutdown ends the sending half: a FIN follows what was sent before.
func Shutdown(fd int) unix.Errno { return errnoOf(unix.Shutdown(fd, unix.SHUT_WR)) }

// Close closes fd. With abort a connected peer sees a reset. The descriptor is
// gone even when a signal interrupted the call, and when FreeBSD says that the
// peer has reset the connection, close(2).
func Close(fd int, abort bool) error {
	if abort {
		// A file or a listener has no use for it; then this fails and harms nothing.
		_ = unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	}
	if err := unix.Close(fd); err != nil && err != unix.EINTR && err != unix.ECONNRESET {
		return err
	}
	return nil
}
