//go:build linux

package socket

import "golang.org/x/sys/unix"

const (
	keepIdle      = unix.TCP_KEEPIDLE
	keepInterval  = unix.TCP_KEEPINTVL
	keepCount     = unix.TCP_KEEPCNT
	reusePort     = unix.SO_REUSEPORT
	lingerSeconds = unix.SO_LINGER
	userTimeout   = unix.TCP_USER_TIMEOUT

	// dualStack says that a socket of IPv6 can take IPv4 too.
	dualStack = true
)

// sharesLoad tells whether listeners that share a port share its connections.
func sharesLoad() bool { return true }
