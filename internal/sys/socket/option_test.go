//go:build linux

package socket

import (
	"errors"
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

func TestOptionsReadBack(t *testing.T) {
	s := New("test")
	h, err := s.Socket(mustAddr(t, "[::1]:1"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.CloseHandle(h, false)
	for _, c := range []struct {
		opt       port.Option
		set, want int
	}{
		{port.OptSendBufferBytes, 16384, 32768}, {port.OptRecvBufferBytes, 16384, 32768},
		{port.OptNoDelay, 1, 1}, {port.OptNoDelay, 0, 0}, {port.OptKeepAlive, 1, 1},
		{port.OptKeepAliveIdleS, 11, 11}, {port.OptKeepAliveIntervalS, 12, 12}, {port.OptKeepAliveCount, 13, 13},
		{port.OptReuseAddr, 1, 1}, {port.OptReusePort, 1, 1},
		{port.OptLingerS, 0, 0}, {port.OptLingerS, 14, 14}, {port.OptLingerS, -1, -1},
		{port.OptUserTimeoutMs, 1500, 1500}, {port.OptV6Only, 1, 1}, {port.OptV6Only, 0, 0},
	} {
		if err := s.SetOption(h, c.opt, c.set); err != nil {
			t.Errorf("%v = %d: %v", c.opt, c.set, err)
		}
		if got, err := s.Option(h, c.opt); err != nil || got != c.want {
			t.Errorf("%v reads back %d, %v; want %d", c.opt, got, err, c.want)
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
