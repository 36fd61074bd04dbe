//go:build linux

package socket

import (
	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
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
	port.OptReusePort:          {unix.SOL_SOCKET, unix.SO_REUSEPORT},
	port.OptLingerS:            {unix.SOL_SOCKET, unix.SO_LINGER},
	port.OptUserTimeoutMs:      {unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT},
	port.OptV6Only:             {unix.IPPROTO_IPV6, unix.IPV6_V6ONLY},
}

// SetOption writes one option of h. TCP options on a unix socket give
// ErrNotSupported, like any option that the system lacks.
func (s *Sockets) SetOption(h port.Handle, opt port.Option, value int) error {
	if opt >= port.Options {
		return s.fail("set option", opt.String(), unix.ENOPROTOOPT)
	}
	return s.fail("set option", opt.String(), setOption(int(h), opt, value))
}

// Option reads one option of h back.
func (s *Sockets) Option(h port.Handle, opt port.Option) (int, error) {
	if opt >= port.Options {
		return 0, s.fail("get option", opt.String(), unix.ENOPROTOOPT)
	}
	value, err := option(int(h), opt)
	return value, s.fail("get option", opt.String(), err)
}

func setOption(fd int, opt port.Option, value int) error {
	o := options[opt]
	if opt != port.OptLingerS {
		return unix.SetsockoptInt(fd, o.level, o.name, value)
	}
	linger := unix.Linger{Linger: int32(max(value, 0))}
	if value >= 0 {
		linger.Onoff = 1
	}
	return unix.SetsockoptLinger(fd, o.level, o.name, &linger)
}

func option(fd int, opt port.Option) (int, error) {
	o := options[opt]
	if opt != port.OptLingerS {
		return unix.GetsockoptInt(fd, o.level, o.name)
	}
	linger, err := unix.GetsockoptLinger(fd, o.level, o.name)
	if err != nil {
		return 0, err
	}
	if linger.Onoff == 0 {
		return -1, nil
	}
	return int(linger.Linger), nil
}
