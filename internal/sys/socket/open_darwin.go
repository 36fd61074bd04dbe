//go:build darwin

package socket

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// newSocket makes a socket that does not block and is not inherited. The kernel
// has no call for all of that, so nobody may fork before the end.
func newSocket(family, kind int) (int, error) {
	syscall.ForkLock.RLock()
	fd, err := unix.Socket(family, kind, 0)
	if err == nil {
		unix.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return -1, err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}
