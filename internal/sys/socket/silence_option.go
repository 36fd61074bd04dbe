//go:build darwin || dragonfly || freebsd || netbsd

package socket

import "golang.org/x/sys/unix"

// silence keeps the kernel from sending SIGPIPE when the peer is gone.
func silence(fd int) error { return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_NOSIGPIPE, 1) }
