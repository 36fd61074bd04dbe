//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// SetOption writes one option of h. TCP options on a unix socket give
// ErrNotSupported, like any option that the system lacks.
func (s *Sockets) SetOption(h port.Handle, opt port.Option, value int) error {
	if opt >= port.Options || options[opt].name == 0 {
		return s.fail("set option", opt.String(), unix.ENOPROTOOPT)
	}
	return s.fail("set option", opt.String(), setOption(int(h), opt, value))
}

// Option reads one option of h back.
func (s *Sockets) Option(h port.Handle, opt port.Option) (int, error) {
	if opt >= port.Options || options[opt].name == 0 {
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
