//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// create makes a socket that does not wait and that no other program inherits.
func create(family, kind int) (int, error) {
	syscall.ForkLock.RLock()
	fd, err := unix.Socket(family, kind, 0)
	if err == nil {
		unix.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return -1, err
	}
	if err = unix.SetNonblock(fd, true); err == nil {
		err = silence(fd)
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}
