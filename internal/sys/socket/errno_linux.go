//go:build linux

package socket

import (
	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// localOutcome is the meaning of the numbers that Linux alone has.
func localOutcome(errno unix.Errno) error {
	if errno == unix.ENONET {
		return port.ErrUnreachable
	}
	return port.ErrFailed
}
