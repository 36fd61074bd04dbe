//go:build dragonfly

package socket

import "golang.org/x/sys/unix"

// SO_REUSEPORT shares the load.
const (
	keepIdle     = unix.TCP_KEEPIDLE
	keepInterval = unix.TCP_KEEPINTVL
	keepCount    = unix.TCP_KEEPCNT
	keepsAlive   = true
	reusePort    = unix.SO_REUSEPORT
	sharesPorts  = true
)
