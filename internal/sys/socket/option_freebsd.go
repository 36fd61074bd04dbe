//go:build freebsd

package socket

import "golang.org/x/sys/unix"

// soReusePortLB is SO_REUSEPORT_LB, which shares the load; SO_REUSEPORT does not.
const soReusePortLB = 0x10000 // since FreeBSD 12

const (
	keepIdle     = unix.TCP_KEEPIDLE
	keepInterval = unix.TCP_KEEPINTVL
	keepCount    = unix.TCP_KEEPCNT
	keepsAlive   = true
	reusePort    = soReusePortLB
	sharesPorts  = true
)
