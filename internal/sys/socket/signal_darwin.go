//go:build darwin

package socket

import "golang.org/x/sys/unix"

const sendFlags = 0 // not every version has MSG_NOSIGNAL

// noSignal has writes to a connection that has ended fail and raise no signal.
// It fails for a connection that has ended already: as well, see sendErrno.
func noSignal(fd int) { _ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_NOSIGPIPE, 1) }

// sendErrno corrects what send(2) says: a socket that is about to lose its
// connection gives EPROTOTYPE for a moment, and EPIPE afterwards.
func sendErrno(errno unix.Errno) unix.Errno {
	if errno == unix.EPROTOTYPE {
		return unix.EPIPE
	}
	return errno
}
