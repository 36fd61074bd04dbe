//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// localOutcome is the meaning of the numbers that the BSDs alone have. Some of
// them tell ENOTSUP from EOPNOTSUPP, for others, and for Linux, the two are one.
func localOutcome(errno unix.Errno) error {
	if errno == unix.ENOTSUP {
		return port.ErrNotSupported
	}
	return port.ErrFailed
}

// errnoOf takes the number out of what package unix returns.
func errnoOf(err error) unix.Errno {
	if err == nil {
		return 0
	}
	if errno, ok := err.(unix.Errno); ok {
		return errno
	}
	return unix.EINVAL
}
