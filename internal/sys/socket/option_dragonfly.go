//go:build dragonfly

package socket

import "golang.org/x/sys/unix"

// The times of keep-alive are in seconds since DragonFly 5.8, before in
// milliseconds.
const (
	keepIdle      = unix.TCP_KEEPIDLE
	keepInterval  = unix.TCP_KEEPINTVL
	keepCount     = unix.TCP_KEEPCNT
	reusePort     = unix.SO_REUSEPORT
	lingerSeconds = unix.SO_LINGER
	userTimeout   = missing

	// dualStack says that a socket of IPv6 can take IPv4 too.
	dualStack = false
)

// sharesLoad tells whether listeners that share a port share its connections,
// as they do here unless the whole system is told otherwise.
func sharesLoad() bool { return true }
