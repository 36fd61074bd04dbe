//go:build openbsd

package socket

import "golang.org/x/sys/unix"

// Keep-alive is tuned for the whole system only. SO_REUSEPORT is missing on
// purpose: it does not share the connections.
const (
	keepIdle      = missing
	keepInterval  = missing
	keepCount     = missing
	reusePort     = missing
	lingerSeconds = unix.SO_LINGER
	userTimeout   = missing

	// dualStack says that a socket of IPv6 can take IPv4 too.
	dualStack = false
)

// sharesLoad tells whether listeners that share a port share its connections.
func sharesLoad() bool { return false }
