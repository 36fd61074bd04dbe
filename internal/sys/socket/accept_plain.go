//go:build darwin || netbsd || openbsd

package socket

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// accept makes the connection one that does not wait and that no other program
// inherits. A program that is started in between waits for the lock.
func accept(fd int) (int, error) {
	syscall.ForkLock.RLock()
	conn, _, err := unix.Accept(fd)
	if err == nil {
		unix.CloseOnExec(conn)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return -1, err
	}
	if err := unix.SetNonblock(conn, true); err != nil {
		unix.Close(conn)
		return -1, err
	}
	return conn, nil
}
