//go:build dragonfly || freebsd

package socket

import "golang.org/x/sys/unix"

// accept makes the connection one that does not wait and that no other program
// inherits, in one call.
func accept(fd int) (int, error) {
	conn, _, err := unix.Accept4(fd, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
	return conn, err
}
