//go:build linux

package socket

import (
	"unsafe"

	"golang.org/x/sys/unix"
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

// Stream makes a socket of somebody else's one that these calls work on. There is
// nothing to do: each call says itself that it must not wait.
func Stream(int) error { return nil }

// bind gives fd its own end.
func bind(fd int, to *RawAddr) error {
	_, _, errno := unix.RawSyscall(unix.SYS_BIND, uintptr(fd), uintptr(unsafe.Pointer(&to.Any)), uintptr(to.Len))
	if errno != 0 {
		return errno
	}
	return nil
}

// localName and peerName fill in an address of fd.
func localName(fd int, raw *RawAddr) unix.Errno { return name(unix.SYS_GETSOCKNAME, fd, raw) }
func peerName(fd int, raw *RawAddr) unix.Errno  { return name(unix.SYS_GETPEERNAME, fd, raw) }

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
	return peerName(fd, &raw)
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
