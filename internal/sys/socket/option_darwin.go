//go:build darwin

package socket

import "golang.org/x/sys/unix"

// SO_REUSEPORT is missing on purpose: the last of the listeners that share a
// port gets all connections. SO_LINGER would count in hundredths of a second.
const (
	keepIdle      = unix.TCP_KEEPALIVE
	keepInterval  = unix.TCP_KEEPINTVL
	keepCount     = unix.TCP_KEEPCNT
	reusePort     = missing
	lingerSeconds = unix.SO_LINGER_SEC
	userTimeout   = missing

	// dualStack says that a socket of IPv6 can take IPv4 too.
	dualStack = true
)

// sharesLoad tells whether listeners that share a port share its connections.
func sharesLoad() bool { return false }
