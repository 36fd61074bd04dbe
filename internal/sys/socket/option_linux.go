//go:build linux

package socket

import (
	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

const (
	sharesPorts = true // SO_REUSEPORT shares the load
	keepsAlive  = true // keep-alive has parameters
	reusePort   = unix.SO_REUSEPORT
)

// options says where the kernel keeps each option. See socket(7), tcp(7) and
// ipv6(7). OptLingerS is a structure and handled apart.
var options = [port.Options]struct{ level, name int }{
	port.OptSendBufferBytes:    {unix.SOL_SOCKET, unix.SO_SNDBUF},
	port.OptRecvBufferBytes:    {unix.SOL_SOCKET, unix.SO_RCVBUF},
	port.OptNoDelay:            {unix.IPPROTO_TCP, unix.TCP_NODELAY},
	port.OptKeepAlive:          {unix.SOL_SOCKET, unix.SO_KEEPALIVE},
	port.OptKeepAliveIdleS:     {unix.IPPROTO_TCP, unix.TCP_KEEPIDLE},
	port.OptKeepAliveIntervalS: {unix.IPPROTO_TCP, unix.TCP_KEEPINTVL},
	port.OptKeepAliveCount:     {unix.IPPROTO_TCP, unix.TCP_KEEPCNT},
	port.OptReuseAddr:          {unix.SOL_SOCKET, unix.SO_REUSEADDR},
	port.OptReusePort:          {unix.SOL_SOCKET, reusePort},
	port.OptLingerS:            {unix.SOL_SOCKET, unix.SO_LINGER},
	port.OptUserTimeoutMs:      {unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT},
	port.OptV6Only:             {unix.IPPROTO_IPV6, unix.IPV6_V6ONLY},
}
