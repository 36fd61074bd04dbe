//go:build freebsd

package socket

import "golang.org/x/sys/unix"

// SO_REUSEPORT would share a port, but give all connections to one listener;
// SO_REUSEPORT_LB came with FreeBSD 12.
const (
	keepIdle      = unix.TCP_KEEPIDLE
	keepInterval  = unix.TCP_KEEPINTVL
	keepCount     = unix.TCP_KEEPCNT
	reusePort     = unix.SO_REUSEPORT_LB
	lingerSeconds = unix.SO_LINGER
	userTimeout   = missing

	// dualStack says that a socket of IPv6 can take IPv4 too.
	dualStack = true
)

// sharesLoad tells whether listeners that share a port share its connections.
// It finds out by doing.
func sharesLoad() bool {
	fd, err := newStream(unix.AF_INET)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, reusePort, 1) == nil
}
