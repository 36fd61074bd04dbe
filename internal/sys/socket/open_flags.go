//go:build linux || dragonfly || freebsd || netbsd || openbsd

package socket

import "golang.org/x/sys/unix"

// newSocket makes a socket that does not block and is not inherited.
func newSocket(family, kind int) (int, error) {
	return unix.Socket(family, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
}
