//go:build linux

package socket

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// The calls below never block, so they are made raw: the scheduler is not told
// and the thread keeps its processor. They return 0 or the error number.
// Arguments are read and written before they return.

// Recv receives into p, at least one byte long. n is 0 at the end of the stream.
func Recv(fd int, p []byte) (n int, errno unix.Errno) {
	r, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))),
		uintptr(len(p)), unix.MSG_DONTWAIT, 0, 0)
	return int(r), errno
}

// Send sends what the kernel takes of p and says how much that was.
func Send(fd int, p []byte) (n int, errno unix.Errno) {
	r, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))),
		uintptr(len(p)), unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, 0, 0)
	return int(r), errno
}

// Accept takes a connection off the backlog.
func Accept(fd int) (conn int, errno unix.Errno) {
	r, _, errno := unix.RawSyscall6(unix.SYS_ACCEPT4, uintptr(fd), 0, 0, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
	return int(r), errno
}

// Connect begins to connect; EINPROGRESS says that the outcome will come.
func Connect(fd int, to *RawAddr) unix.Errno {
	_, _, errno := unix.RawSyscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&to.Any)), uintptr(to.Len))
	return errno
}

// Prepare is called before fd, a listener or a stream, is used by the calls
// above. Accept has no flag for not blocking, unlike the others.
func Prepare(fd int, kind port.Kind) error {
	if kind != port.KindListener {
		return nil
	}
	return unix.SetNonblock(fd, true)
}

// bind gives fd its own end.
func bind(fd int, to *RawAddr) error {
	_, _, errno := unix.RawSyscall(unix.SYS_BIND, uintptr(fd), uintptr(unsafe.Pointer(&to.Any)), uintptr(to.Len))
	if errno != 0 {
		return errno
	}
	return nil
}

// localAddr is the own end of fd.
func localAddr(fd int) (port.Addr, unix.Errno) {
	var raw RawAddr
	errno := name(unix.SYS_GETSOCKNAME, fd, &raw)
	return raw.Addr(), errno
}

// peerAddr is the other end of fd.
func peerAddr(fd int) (port.Addr, unix.Errno) {
	var raw RawAddr
	errno := name(unix.SYS_GETPEERNAME, fd, &raw)
	return raw.Addr(), errno
}

// name makes one of the two calls that fill in an address of fd.
func name(call uintptr, fd int, raw *RawAddr) unix.Errno {
	raw.Clear()
	_, _, errno := unix.RawSyscall(call, uintptr(fd), uintptr(unsafe.Pointer(&raw.Any)), uintptr(unsafe.Pointer(&raw.Len)))
	return errno
}

// Pending takes the socket's pending error, SO_ERROR, which is how a connect
// that was in progress ended.
func Pending(fd int) unix.Errno {
	value, size := int32(0), uint32(4)
	_, _, errno := unix.RawSyscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.SOL_SOCKET, unix.SO_ERROR,
		uintptr(unsafe.Pointer(&value)), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 {
		return errno
	}
	return unix.Errno(value)
}

// Connected is 0 when fd has a peer, ENOTCONN when it has none (yet).
func Connected(fd int) unix.Errno {
	var raw RawAddr
	return name(unix.SYS_GETPEERNAME, fd, &raw)
}

// Readable tells whether there is anything to read from fd, which need not be a
// socket: bytes, a connection, the end or an error.
func Readable(fd int) bool {
	look := unix.PollFd{Fd: int32(fd), Events: unix.POLLIN}
	now := unix.Timespec{}
	n, _, _ := unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&look)), 1, uintptr(unsafe.Pointer(&now)), 0, 0, 0)
	return int(n) > 0
}

// Shutdown ends the sending half: a FIN follows what was sent before.
func Shutdown(fd int) unix.Errno {
	_, _, errno := unix.RawSyscall(unix.SYS_SHUTDOWN, uintptr(fd), unix.SHUT_WR, 0)
	return errno
}

// Close closes fd. With abort a connected peer sees a reset. Closing may wait
// (linger, a file on a slow disk), so the scheduler is told. On Linux the
// descriptor is gone even when a signal interrupted the call, close(2).
func Close(fd int, abort bool) error {
	if abort {
		// A file or a listener has no use for it; then this fails and harms nothing.
		_ = unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	}
	if err := unix.Close(fd); err != nil && err != unix.EINTR {
		return err
	}
	return nil
}
