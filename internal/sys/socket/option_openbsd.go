//go:build openbsd

package socket

import "golang.org/x/sys/unix"

// The parameters of keep-alive are the system's, for all sockets, and
// SO_REUSEPORT does not share the load.
const (
	keepIdle     = 0
	keepInterval = 0
	keepCount    = 0
	keepsAlive   = false
	reusePort    = unix.SO_REUSEPORT
	sharesPorts  = false
)
