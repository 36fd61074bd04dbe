package raon

import (
	"errors"
	"fmt"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// The socket options that Session.Option and Session.SetOption take.
const (
	OptSendBufferBytes    = port.OptSendBufferBytes
	OptRecvBufferBytes    = port.OptRecvBufferBytes
	OptNoDelay            = port.OptNoDelay
	OptKeepAlive          = port.OptKeepAlive
	OptKeepAliveIdleS     = port.OptKeepAliveIdleS
	OptKeepAliveIntervalS = port.OptKeepAliveIntervalS
	OptKeepAliveCount     = port.OptKeepAliveCount
	OptReuseAddr          = port.OptReuseAddr
	OptReusePort          = port.OptReusePort
	OptLingerS            = port.OptLingerS
	OptUserTimeoutMs      = port.OptUserTimeoutMs
	OptV6Only             = port.OptV6Only
)

// SocketOptions are the kernel's options of a session's socket, set when the
// connection begins. Zero leaves the system's default, except where noted.
type SocketOptions struct {
	SendBufferBytes   int           // RAON: SetKernelSendBufSize
	RecvBufferBytes   int           // RAON: SetKernelRecvBufSize
	Nagle             bool          // false, the default, turns Nagle's algorithm off (RAON: TurnOffNagle)
	KeepAliveIdle     time.Duration // RAON: SetKeepAliveOpt; whole seconds; 0 leaves keep-alive off
	KeepAliveInterval time.Duration // whole seconds; needs KeepAliveIdle
	KeepAliveCount    int           // needs KeepAliveIdle
	UserTimeout       time.Duration // unacknowledged bytes end the connection after this
}

// validate reports every fault at once.
func (o SocketOptions) validate() error {
	var errs []error
	for _, d := range []struct {
		name  string
		value time.Duration
		unit  time.Duration
	}{
		{"KeepAliveIdle", o.KeepAliveIdle, time.Second},
		{"KeepAliveInterval", o.KeepAliveInterval, time.Second},
		{"UserTimeout", o.UserTimeout, time.Millisecond},
	} {
		if d.value < 0 || d.value%d.unit != 0 {
			errs = append(errs, fmt.Errorf("Socket.%s %v: want whole multiples of %v, not negative", d.name, d.value, d.unit))
		}
	}
	for _, n := range []struct {
		name  string
		value int
	}{
		{"SendBufferBytes", o.SendBufferBytes},
		{"RecvBufferBytes", o.RecvBufferBytes},
		{"KeepAliveCount", o.KeepAliveCount},
	} {
		if n.value < 0 {
			errs = append(errs, fmt.Errorf("Socket.%s %d: must not be negative", n.name, n.value))
		}
	}
	if o.KeepAliveIdle == 0 && (o.KeepAliveInterval != 0 || o.KeepAliveCount != 0) {
		errs = append(errs, errors.New("Socket.KeepAliveInterval and KeepAliveCount need KeepAliveIdle"))
	}
	return errors.Join(errs...)
}

// apply sets the options on h. Unix sockets have no TCP options to set.
func (o SocketOptions) apply(d port.Driver, h Handle, unix bool) error {
	var errs []error
	set := func(opt Option, v int, wanted bool) {
		if wanted {
			errs = append(errs, d.SetOption(h, opt, v))
		}
	}
	set(OptSendBufferBytes, o.SendBufferBytes, o.SendBufferBytes > 0)
	set(OptRecvBufferBytes, o.RecvBufferBytes, o.RecvBufferBytes > 0)
	if !unix {
		set(OptNoDelay, 1, !o.Nagle)
		set(OptKeepAlive, 1, o.KeepAliveIdle > 0)
		set(OptKeepAliveIdleS, int(o.KeepAliveIdle/time.Second), o.KeepAliveIdle > 0)
		set(OptKeepAliveIntervalS, int(o.KeepAliveInterval/time.Second), o.KeepAliveInterval > 0)
		set(OptKeepAliveCount, o.KeepAliveCount, o.KeepAliveCount > 0)
		set(OptUserTimeoutMs, int(o.UserTimeout/time.Millisecond), o.UserTimeout > 0)
	}
	return errors.Join(errs...)
}
