//go:build netbsd

package socket

import "golang.org/x/sys/unix"

// SO_REUSEPORT gives the last listener everything here, so that ports are not
// shared.
const (
	keepIdle     = unix.TCP_KEEPIDLE
	keepInterval = unix.TCP_KEEPINTVL
	keepCount    = unix.TCP_KEEPCNT
	keepsAlive   = true
	reusePort    = unix.SO_REUSEPORT
	sharesPorts  = false
)
