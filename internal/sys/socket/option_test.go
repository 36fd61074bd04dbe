//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"errors"
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

func TestOptionsReadBack(t *testing.T) {
	s := New("test")
	caps := s.Caps()
	h, err := s.Socket(mustAddr(t, "[::1]:1"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.CloseHandle(h, false)
	for _, c := range []struct {
		opt   port.Option
		value int
		is    bool
	}{
		{port.OptSendBufferBytes, 16384, true}, {port.OptRecvBufferBytes, 16384, true},
		{port.OptNoDelay, 1, true}, {port.OptNoDelay, 0, true}, {port.OptKeepAlive, 1, true},
		{port.OptKeepAliveIdleS, 11, caps.KeepAliveSet}, {port.OptKeepAliveIntervalS, 12, caps.KeepAliveSet},
		{port.OptKeepAliveCount, 13, caps.KeepAliveSet},
		{port.OptReuseAddr, 1, true}, {port.OptReusePort, 1, caps.ReusePort},
		{port.OptLingerS, 0, true}, {port.OptLingerS, 14, true}, {port.OptLingerS, -1, true},
		{port.OptUserTimeoutMs, 1500, caps.UserTimeout}, {port.OptV6Only, 1, dualStack}, {port.OptV6Only, 0, dualStack},
	} {
		err := s.SetOption(h, c.opt, c.value)
		got, readErr := s.Option(h, c.opt)
		doubled := c.opt <= port.OptRecvBufferBytes && got == 2*c.value // Linux
		switch {
		case c.opt == port.OptV6Only && !c.is: // what it is cannot be changed
		case !c.is:
			if !errors.Is(err, port.ErrNotSupported) || !errors.Is(readErr, port.ErrNotSupported) {
				t.Errorf("%v is missing: %v and %v, want ErrNotSupported", c.opt, err, readErr)
			}
		case err != nil || readErr != nil || got != c.value && !doubled:
			t.Errorf("%v = %d: %v; reads back %d, %v", c.opt, c.value, err, got, readErr)
		}
	}
}

func TestOptionsThatAreMissing(t *testing.T) {
	s := New("test")
	h, err := s.Socket(port.Addr{Path: "/unused"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.CloseHandle(h, false)
	for _, opt := range []port.Option{port.OptNoDelay, port.OptUserTimeoutMs, port.Options} {
		if err := s.SetOption(h, opt, 1); !errors.Is(err, port.ErrNotSupported) {
			t.Errorf("setting %v on a unix socket: %v, want ErrNotSupported", opt, err)
		}
		if _, err := s.Option(h, opt); !errors.Is(err, port.ErrNotSupported) {
			t.Errorf("reading %v of a unix socket: %v, want ErrNotSupported", opt, err)
		}
	}
}
