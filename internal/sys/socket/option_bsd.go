//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// options says where the kernel keeps each option. See setsockopt(2), tcp(4)
// and ip6(4). OptLingerS is a structure and handled apart. What a system lacks
// has no name.
var options = [port.Options]struct{ level, name int }{
	port.OptSendBufferBytes:    {unix.SOL_SOCKET, unix.SO_SNDBUF},
	port.OptRecvBufferBytes:    {unix.SOL_SOCKET, unix.SO_RCVBUF},
	port.OptNoDelay:            {unix.IPPROTO_TCP, unix.TCP_NODELAY},
	port.OptKeepAlive:          {unix.SOL_SOCKET, unix.SO_KEEPALIVE},
	port.OptKeepAliveIdleS:     {unix.IPPROTO_TCP, keepIdle},
	port.OptKeepAliveIntervalS: {unix.IPPROTO_TCP, keepInterval},
	port.OptKeepAliveCount:     {unix.IPPROTO_TCP, keepCount},
	port.OptReuseAddr:          {unix.SOL_SOCKET, unix.SO_REUSEADDR},
	port.OptReusePort:          {unix.SOL_SOCKET, reusePort},
	port.OptLingerS:            {unix.SOL_SOCKET, unix.SO_LINGER},
	port.OptV6Only:             {unix.IPPROTO_IPV6, unix.IPV6_V6ONLY},
}
