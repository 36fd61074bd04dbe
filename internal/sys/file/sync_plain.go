//go:build linux || dragonfly || freebsd || netbsd || openbsd

package file

import "golang.org/x/sys/unix"

// flush is fsync(2).
func flush(fd int) error { return unix.Fsync(fd) }
