//go:build dragonfly || freebsd || netbsd || openbsd

package socket

import "syscall"

// acceptPrivate is accept4(2), on NetBSD paccept(2): the connection does not
// block and is not inherited. Package unix has it for two of these systems only.
func acceptPrivate(fd int) (int, error) {
	conn, _, err := syscall.Accept4(fd, syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
	return conn, err
}
