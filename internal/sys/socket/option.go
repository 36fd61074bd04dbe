//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// missing is the name of an option that a system lacks.
const missing = -1

// options says where the kernel keeps each option. See socket(7), tcp(7) and
// ipv6(7), on the BSDs setsockopt(2), tcp(4) and ip6(4). OptLingerS is a
// structure and handled apart. What systems name differently, or lack, is in
// option_*.go.
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
	port.OptLingerS:            {unix.SOL_SOCKET, lingerSeconds},
	port.OptUserTimeoutMs:      {unix.IPPROTO_TCP, userTimeout},
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
	if o.name == missing {
		return unix.ENOPROTOOPT
	}
	if opt != port.OptLingerS {
		return optionError(fd, o.level, unix.SetsockoptInt(fd, o.level, o.name, value))
	}
	linger := unix.Linger{Linger: int32(max(value, 0))}
	if value >= 0 {
		linger.Onoff = 1
	}
	return unix.SetsockoptLinger(fd, o.level, o.name, &linger)
}

func option(fd int, opt port.Option) (int, error) {
	o := options[opt]
	if o.name == missing {
		return 0, unix.ENOPROTOOPT
	}
	if opt != port.OptLingerS {
		value, err := unix.GetsockoptInt(fd, o.level, o.name)
		if value != 0 && boolean(opt) {
			value = 1 // the BSDs give the bit that they keep it in
		}
		return value, optionError(fd, o.level, err)
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

// boolean tells whether opt is either on or off.
func boolean(opt port.Option) bool {
	switch opt {
	case port.OptNoDelay, port.OptKeepAlive, port.OptReuseAddr, port.OptReusePort, port.OptV6Only:
		return true
	}
	return false
}

// optionError corrects what a call for an option said: about TCP's and IPv6's
// options the BSDs give EINVAL for a unix socket, where Linux says that they do
// not exist.
func optionError(fd, level int, err error) error {
	if err != unix.EINVAL || level == unix.SOL_SOCKET {
		return err
	}
	local, _ := unix.Getsockname(fd)
	if _, path := local.(*unix.SockaddrUnix); path {
		return unix.ENOPROTOOPT
	}
	return err
}
