//go:build netbsd

package socket

import "golang.org/x/sys/unix"

// SO_REUSEPORT is missing on purpose: it does not share the connections.
const (
	keepIdle      = unix.TCP_KEEPIDLE
	keepInterval  = unix.TCP_KEEPINTVL
	keepCount     = unix.TCP_KEEPCNT
	reusePort     = missing
	lingerSeconds = unix.SO_LINGER
	userTimeout   = missing

	// dualStack says that a socket of IPv6 can take IPv4 too.
	dualStack = true
)

// sharesLoad tells whether listeners that share a port share its connections.
func sharesLoad() bool { return false }
