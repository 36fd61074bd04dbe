//go:build windows

package winsock

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

const (
	soExclusiveAddrUse = ^windows.SO_REUSEADDR

	noName = 0 // an option that the system lacks
)

// options says where the system keeps each option. See "SOL_SOCKET Socket
// Options" and "IPPROTO_TCP socket options" of the Windows documentation.
// OptLingerS is a structure, OptUserTimeoutMs is in other units on older
// systems: they are handled apart.
var options = [port.Options]struct{ level, name int32 }{
	port.OptSendBufferBytes:    {windows.SOL_SOCKET, windows.SO_SNDBUF},
	port.OptRecvBufferBytes:    {windows.SOL_SOCKET, windows.SO_RCVBUF},
	port.OptNoDelay:            {windows.IPPROTO_TCP, windows.TCP_NODELAY},
	port.OptKeepAlive:          {windows.SOL_SOCKET, windows.SO_KEEPALIVE},
	port.OptKeepAliveIdleS:     {windows.IPPROTO_TCP, windows.TCP_KEEPIDLE},
	port.OptKeepAliveIntervalS: {windows.IPPROTO_TCP, windows.TCP_KEEPINTVL},
	port.OptKeepAliveCount:     {windows.IPPROTO_TCP, windows.TCP_KEEPCNT},
	port.OptReuseAddr:          {windows.SOL_SOCKET, windows.SO_REUSEADDR},
	port.OptReusePort:          {},
	port.OptLingerS:            {windows.SOL_SOCKET, windows.SO_LINGER},
	port.OptUserTimeoutMs:      {windows.IPPROTO_TCP, windows.TCP_MAXRTMS},
	port.OptV6Only:             {windows.IPPROTO_IPV6, windows.IPV6_V6ONLY},
}

// SetOption writes one option of h.
func (s *Sockets) SetOption(h port.Handle, opt port.Option, value int) error {
	return s.fail("set option", opt.String(), optional(s.set(windows.Handle(h), opt, value)))
}

// Option reads one option of h back.
func (s *Sockets) Option(h port.Handle, opt port.Option) (int, error) {
	value, errno := s.get(windows.Handle(h), opt)
	return value, s.fail("get option", opt.String(), optional(errno))
}

// optional is errno as an error.
func optional(errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}

func (s *Sockets) set(h windows.Handle, opt port.Option, value int) syscall.Errno {
	switch {
	case opt >= port.Options:
		return windows.WSAENOPROTOOPT
	case opt == port.OptLingerS:
		return setLinger(h, value)
	case opt == port.OptUserTimeoutMs:
		return setUserTimeout(h, value)
	case !s.caps.KeepAliveSet && (opt == port.OptKeepAliveIdleS || opt == port.OptKeepAliveIntervalS):
		return s.keepAlives.set(h, opt, value)
	}
	return setInt(h, options[opt].level, options[opt].name, value)
}

func (s *Sockets) get(h windows.Handle, opt port.Option) (int, syscall.Errno) {
	switch {
	case opt >= port.Options:
		return 0, windows.WSAENOPROTOOPT
	case opt == port.OptLingerS:
		return getLinger(h)
	case opt == port.OptUserTimeoutMs:
		return getUserTimeout(h)
	case !s.caps.KeepAliveSet && (opt == port.OptKeepAliveIdleS || opt == port.OptKeepAliveIntervalS):
		return s.keepAlives.get(h, opt)
	}
	return getInt(h, options[opt].level, options[opt].name)
}

// setLinger sets the linger time in seconds; a negative one is off.
func setLinger(h windows.Handle, seconds int) syscall.Errno {
	linger := struct{ on, seconds uint16 }{}
	if seconds >= 0 {
		linger.on, linger.seconds = 1, uint16(min(seconds, 0xffff))
	}
	return setBytes(h, windows.SOL_SOCKET, windows.SO_LINGER, unsafe.Pointer(&linger), unsafe.Sizeof(linger))
}

func getLinger(h windows.Handle) (int, syscall.Errno) {
	var linger struct{ on, seconds uint16 }
	size := int32(unsafe.Sizeof(linger))
	err := windows.Getsockopt(h, windows.SOL_SOCKET, windows.SO_LINGER, (*byte)(unsafe.Pointer(&linger)), &size)
	if err != nil || linger.on == 0 {
		return -1, number(err)
	}
	return int(linger.seconds), 0
}

// setUserTimeout sets how long sent data may stay unacknowledged. Older systems
// have TCP_MAXRT only, in seconds: there the time is rounded up, and reads back
// so.
func setUserTimeout(h windows.Handle, ms int) syscall.Errno {
	errno := setInt(h, windows.IPPROTO_TCP, windows.TCP_MAXRTMS, ms)
	if errno == 0 || Outcome(errno) != port.ErrNotSupported {
		return errno
	}
	return setInt(h, windows.IPPROTO_TCP, windows.TCP_MAXRT, (ms+999)/1000)
}

func getUserTimeout(h windows.Handle) (int, syscall.Errno) {
	ms, errno := getInt(h, windows.IPPROTO_TCP, windows.TCP_MAXRTMS)
	if errno == 0 || Outcome(errno) != port.ErrNotSupported {
		return ms, errno
	}
	seconds, errno := getInt(h, windows.IPPROTO_TCP, windows.TCP_MAXRT)
	return seconds * 1000, errno
}

func setInt(h windows.Handle, level, name int32, value int) syscall.Errno {
	if name == noName {
		return windows.WSAENOPROTOOPT
	}
	number := int32(value)
	return setBytes(h, level, name, unsafe.Pointer(&number), unsafe.Sizeof(number))
}

// getInt reads an int. For booleans some systems write a single byte.
func getInt(h windows.Handle, level, name int32) (int, syscall.Errno) {
	if name == noName {
		return 0, windows.WSAENOPROTOOPT
	}
	value, size := int32(0), int32(4)
	err := windows.Getsockopt(h, level, name, (*byte)(unsafe.Pointer(&value)), &size)
	return int(value), number(err)
}

func setBytes(h windows.Handle, level, name int32, value unsafe.Pointer, size uintptr) syscall.Errno {
	r, _, errno := syscall.SyscallN(procSetSockOpt.Addr(), uintptr(h), uintptr(level), uintptr(name), uintptr(value), size)
	return failed(r, errno)
}
