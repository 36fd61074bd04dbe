//go:build linux

package socket

import "golang.org/x/sys/unix"

// create makes a socket that does not wait and that no other program inherits.
func create(family, kind int) (int, error) {
	return unix.Socket(family, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
}
