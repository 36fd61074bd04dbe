//go:build darwin

package socket

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// acceptPrivate is accept(2): there is no call that does all of it. Nobody may
// fork until the connection is marked as not to be inherited; the listener does
// not block, so that is soon.
func acceptPrivate(fd int) (int, error) {
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
