package porttest

import (
	"errors"
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// optionCase is one option, a value to set, and the capability it needs.
type optionCase struct {
	opt   port.Option
	value int
	needs func(port.Caps) bool // nil: none
}

func keepAliveSet(c port.Caps) bool { return c.KeepAliveSet }

var optionCases = []optionCase{
	{port.OptSendBufferBytes, 48 << 10, nil},
	{port.OptRecvBufferBytes, 48 << 10, nil},
	{port.OptNoDelay, 1, nil},
	{port.OptNoDelay, 0, nil},
	{port.OptKeepAlive, 1, nil},
	{port.OptKeepAlive, 0, nil},
	{port.OptKeepAliveIdleS, 77, keepAliveSet},
	{port.OptKeepAliveIntervalS, 7, keepAliveSet},
	{port.OptKeepAliveCount, 5, keepAliveSet},
	{port.OptReuseAddr, 1, nil},
	{port.OptReuseAddr, 0, nil},
	{port.OptReusePort, 1, func(c port.Caps) bool { return c.ReusePort }},
	{port.OptLingerS, 5, nil},
	{port.OptLingerS, 0, nil},
	{port.OptLingerS, -1, nil},
	{port.OptUserTimeoutMs, 1234, func(c port.Caps) bool { return c.UserTimeout }},
}

// optionsKept sets each option on a fresh socket and on both ends of a
// connection, and reads it back.
func optionsKept(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, s := l.pair()
	fresh := l.socket(loopback4)
	for _, h := range []port.Handle{fresh.handle, c.handle, s.handle} {
		for _, oc := range optionCases {
			l.optionKept(h, oc)
		}
	}
	s.read()
	c.write(10)
	c.sent()
	s.received(10)
}

func (l *loop) optionKept(h port.Handle, oc optionCase) {
	l.t.Helper()
	err := l.drv.SetOption(h, oc.opt, oc.value)
	got, readErr := l.drv.Option(h, oc.opt)
	if oc.needs != nil && !oc.needs(l.drv.Caps()) {
		l.is("SetOption "+oc.opt.String(), err, port.ErrNotSupported)
		return
	}
	l.ok("SetOption "+oc.opt.String(), err)
	l.ok("Option "+oc.opt.String(), readErr)
	doubled := oc.opt == port.OptSendBufferBytes || oc.opt == port.OptRecvBufferBytes
	if got != oc.value && !(doubled && got == 2*oc.value) {
		l.fatalf("%v was set to %d and reads %d", oc.opt, oc.value, got)
	}
}

// optionsV6Only reads back what Listen was told, and sets it on a socket.
func optionsV6Only(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	if !l.drv.Caps().IPv6 {
		_, err := l.drv.Listen(loopback6, port.ListenOptions{})
		l.is("Listen without IPv6", err, port.ErrNotSupported)
		return
	}
	for want, only := range []bool{false, true} {
		ln := l.listen(wildcard6, port.ListenOptions{V6Only: only})
		got, err := l.drv.Option(ln.handle, port.OptV6Only)
		l.ok("Option v6-only", err)
		if got != want {
			l.fatalf("V6Only %v reads %d", only, got)
		}
	}
	l.optionKept(l.socket(loopback6).handle, optionCase{opt: port.OptV6Only, value: 1})
}

// optionsInvalid sets and reads what does not exist, on what is no socket.
func optionsInvalid(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	s := l.socket(loopback4)
	l.is("SetOption of an invalid option", l.drv.SetOption(s.handle, port.Options, 1), port.ErrNotSupported)
	_, err := l.drv.Option(s.handle, port.Options)
	l.is("Option of an invalid option", err, port.ErrNotSupported)
	for _, opt := range []port.Option{port.OptNoDelay, port.OptLingerS, port.OptSendBufferBytes} {
		_, err := l.drv.Option(port.NoHandle, opt)
		if setErr := l.drv.SetOption(port.NoHandle, opt, 1); err == nil || setErr == nil {
			l.fatalf("%v of no handle: %v and %v", opt, err, setErr)
		}
		l.checkError(err)
	}
	if _, err := l.drv.LocalAddr(port.NoHandle); err == nil || errors.Is(err, port.ErrNotSupported) {
		l.fatalf("LocalAddr of no handle: %v", err)
	}
}
