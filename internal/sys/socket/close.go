//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import "golang.org/x/sys/unix"

// Close closes fd. With abort a connected peer sees a reset. Closing may wait
// (linger, a file on a slow disk), so the scheduler is told. The descriptor
// is taken to be gone even when a signal interrupted the call, as Linux and
// FreeBSD have it, close(2).
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
