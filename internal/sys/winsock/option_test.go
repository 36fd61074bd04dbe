//go:build windows

package winsock

import (
	"errors"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

type setting struct {
	opt   port.Option
	value int
}

func (r *rig) kept(h windows.Handle, settings ...setting) {
	r.t.Helper()
	for _, c := range settings {
		if err := r.s.SetOption(port.Handle(h), c.opt, c.value); err != nil {
			r.t.Errorf("%v = %d: %v", c.opt, c.value, err)
		}
		if got, err := r.s.Option(port.Handle(h), c.opt); err != nil || got != c.value {
			r.t.Errorf("%v reads back %d, %v; want %d", c.opt, got, err, c.value)
		}
	}
}

func TestOptionsReadBack(t *testing.T) {
	r := newRig(t)
	client, server := r.pair("127.0.0.1:0")
	caps := r.s.Caps()
	for _, h := range []windows.Handle{r.socket(mustAddr(t, "127.0.0.1:1")), client, server} {
		r.kept(h, []setting{
			{port.OptSendBufferBytes, 16384}, {port.OptRecvBufferBytes, 16384},
			{port.OptNoDelay, 1}, {port.OptNoDelay, 0}, {port.OptKeepAlive, 1}, {port.OptKeepAlive, 0},
			{port.OptReuseAddr, 1}, {port.OptReuseAddr, 0},
			{port.OptLingerS, 0}, {port.OptLingerS, 14}, {port.OptLingerS, -1},
		}...)
		if caps.KeepAliveSet {
			r.kept(h, setting{port.OptKeepAliveIdleS, 11}, setting{port.OptKeepAliveIntervalS, 12}, setting{port.OptKeepAliveCount, 13})
		}
		if caps.UserTimeout {
			r.kept(h, setting{port.OptUserTimeoutMs, 3000})
		}
	}
	if caps.IPv6 {
		r.kept(r.socket(mustAddr(t, "[::1]:1")), setting{port.OptV6Only, 1}, setting{port.OptV6Only, 0})
	}
}

func TestOptionsThatAreMissing(t *testing.T) {
	r := newRig(t)
	h := port.Handle(r.socket(mustAddr(t, "127.0.0.1:1")))
	missing := []port.Option{port.OptReusePort, port.Options}
	if !r.s.Caps().UserTimeout {
		missing = append(missing, port.OptUserTimeoutMs)
	}
	for _, opt := range missing {
		if err := r.s.SetOption(h, opt, 1); !errors.Is(err, port.ErrNotSupported) {
			t.Errorf("setting %v: %v, want ErrNotSupported", opt, err)
		}
		if _, err := r.s.Option(h, opt); !errors.Is(err, port.ErrNotSupported) {
			t.Errorf("reading %v: %v, want ErrNotSupported", opt, err)
		}
	}
}

func TestOptionsOfNothing(t *testing.T) {
	r := newRig(t)
	for opt := range port.Options {
		setErr := r.s.SetOption(port.NoHandle, opt, 1)
		_, err := r.s.Option(port.NoHandle, opt)
		if setErr == nil || err == nil {
			t.Errorf("%v of no handle: %v and %v", opt, setErr, err)
		}
	}
	if err := r.s.SetOption(port.NoHandle, port.OptNoDelay, 1); !errors.Is(err, port.ErrClosed) {
		t.Errorf("an option of no handle: %v, want ErrClosed", err)
	}
}

// TestKeepAliveOfOldSystems has the times written by SIO_KEEPALIVE_VALS, as on
// systems that lack the options.
func TestKeepAliveOfOldSystems(t *testing.T) {
	r := newRig(t)
	r.s.caps.KeepAliveSet = false
	client, server := r.pair("127.0.0.1:0")
	h := port.Handle(client)
	r.kept(client, setting{port.OptKeepAliveIdleS, 11}, setting{port.OptKeepAliveIntervalS, 12})
	if got, err := r.s.Option(h, port.OptKeepAliveIdleS); err != nil || got != 11 {
		t.Errorf("setting the interval made the idle time %d, %v", got, err)
	}
	for on := range 2 {
		r.kept(client, setting{port.OptKeepAlive, on}, setting{port.OptKeepAliveIdleS, 20 + on})
		if got, err := r.s.Option(h, port.OptKeepAlive); err != nil || got != on {
			t.Errorf("setting a time made keep-alive %d, %v; want %d", got, err, on)
		}
	}
	if got, err := r.s.Option(port.Handle(server), port.OptKeepAliveIdleS); err != nil || got != systemKeepAlive.idleS {
		t.Errorf("the other end has %d, %v", got, err)
	}
	r.close(client, false)
	if len(r.s.keepAlives.byHandle) != 0 {
		t.Errorf("remembers %v of what is closed", r.s.keepAlives.byHandle)
	}
}
