//go:build windows

package winsock

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

// Options of TCP that x/sys lacks, ws2ipdef.h.
const (
	tcpKeepIdle     = 3
	tcpMaxRT        = 5 // seconds; Linux has TCP_USER_TIMEOUT in milliseconds
	tcpKeepCount    = 16
	tcpKeepInterval = 17
)

var options = [port.Options]struct{ level, name int }{
	port.OptSendBufferBytes:    {windows.SOL_SOCKET, windows.SO_SNDBUF},
	port.OptRecvBufferBytes:    {windows.SOL_SOCKET, windows.SO_RCVBUF},
	port.OptNoDelay:            {windows.IPPROTO_TCP, windows.TCP_NODELAY},
	port.OptKeepAlive:          {windows.SOL_SOCKET, windows.SO_KEEPALIVE},
	port.OptKeepAliveIdleS:     {windows.IPPROTO_TCP, tcpKeepIdle},
	port.OptKeepAliveIntervalS: {windows.IPPROTO_TCP, tcpKeepInterval},
	port.OptKeepAliveCount:     {windows.IPPROTO_TCP, tcpKeepCount},
	port.OptReuseAddr:          {windows.SOL_SOCKET, windows.SO_REUSEADDR},
	port.OptLingerS:            {windows.SOL_SOCKET, windows.SO_LINGER},
	port.OptUserTimeoutMs:      {windows.IPPROTO_TCP, tcpMaxRT},
	port.OptV6Only:             {windows.IPPROTO_IPV6, windows.IPV6_V6ONLY},
}

// SetOption sets one option of h. What the system lacks gives ErrNotSupported.
func (s *Sockets) SetOption(h port.Handle, opt port.Option, value int) error {
	return s.fail("set option", opt.String(), failure(s.setOption(windows.Handle(h), opt, value)))
}

// Option reads one option of h back.
func (s *Sockets) Option(h port.Handle, opt port.Option) (int, error) {
	value, errno := s.option(windows.Handle(h), opt)
	return value, s.fail("get option", opt.String(), failure(errno))
}

func (s *Sockets) setOption(h windows.Handle, opt port.Option, value int) syscall.Errno {
	switch opt {
	case port.OptLingerS:
		return setLinger(h, value)
	case port.OptUserTimeoutMs:
		value = (value + 999) / 1000
	case port.OptKeepAliveIdleS, port.OptKeepAliveIntervalS:
		if s.keepAlive.emulated {
			return s.keepAlive.set(h, opt, value)
		}
	}
	if opt >= port.Options || options[opt].name == 0 {
		return windows.WSAENOPROTOOPT
	}
	return setInt(h, options[opt].level, options[opt].name, value)
}

func (s *Sockets) option(h windows.Handle, opt port.Option) (int, syscall.Errno) {
	switch opt {
	case port.OptLingerS:
		return linger(h)
	case port.OptKeepAliveIdleS, port.OptKeepAliveIntervalS:
		if s.keepAlive.emulated {
			return s.keepAlive.get(h, opt)
		}
	}
	if opt >= port.Options || options[opt].name == 0 {
		return 0, windows.WSAENOPROTOOPT
	}
	value, errno := getInt(h, options[opt].level, options[opt].name)
	if opt == port.OptUserTimeoutMs {
		value *= 1000
	}
	return value, errno
}

func setInt(h windows.Handle, level, name, value int) syscall.Errno {
	v := int32(value)
	return number(windows.Setsockopt(h, int32(level), int32(name), (*byte)(unsafe.Pointer(&v)), 4))
}

// getInt zeroes what it has the system fill in: of a boolean, one byte may be
// all that is written.
func getInt(h windows.Handle, level, name int) (int, syscall.Errno) {
	v, size := int32(0), int32(4)
	err := windows.Getsockopt(h, int32(level), int32(name), (*byte)(unsafe.Pointer(&v)), &size)
	return int(v), number(err)
}

// lingerOption is LINGER, of 16-bit fields.
type lingerOption struct{ on, seconds uint16 }

func setLinger(h windows.Handle, seconds int) syscall.Errno {
	l := lingerOption{seconds: uint16(min(max(seconds, 0), 1<<16-1))}
	if seconds >= 0 {
		l.on = 1
	}
	return number(windows.Setsockopt(h, windows.SOL_SOCKET, windows.SO_LINGER, (*byte)(unsafe.Pointer(&l)), 4))
}

func linger(h windows.Handle) (int, syscall.Errno) {
	var l lingerOption
	size := int32(4)
	err := windows.Getsockopt(h, windows.SOL_SOCKET, windows.SO_LINGER, (*byte)(unsafe.Pointer(&l)), &size)
	if l.on == 0 {
		return -1, number(err)
	}
	return int(l.seconds), number(err)
}

// failure is errno as an error, nil for 0.
func failure(errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}
