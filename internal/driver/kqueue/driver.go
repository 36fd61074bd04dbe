//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package kqueue

import (
	"github.com/raon-engine/raon/internal/driver/ready"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
)

// Name is the driver's name in options, logs and metrics.
const Name = "kqueue"

// Driver implements port.Driver. Any goroutine may use it.
type Driver struct{ *socket.Sockets }

// New makes the driver. It fails where the kernel's calls are forbidden.
func New() (port.Driver, error) {
	if err := Probe(); err != nil {
		return nil, err
	}
	return Driver{socket.New(Name)}, nil
}

// NewPort makes a port for the calling thread.
func (d Driver) NewPort(opts port.PortOptions) (port.Port, error) {
	q, err := newQueue()
	if err != nil {
		return nil, socket.Error(Name, "new port", "", err)
	}
	p, err := ready.New(d.Sockets, q, opts)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Probe finds out by doing whether the driver works here: it waits for an
// interrupt that was made.
func Probe() error {
	q, err := newQueue()
	if err != nil {
		return socket.Error(Name, "probe", "", err)
	}
	defer q.Close()
	q.Interrupt()
	n, err := q.wait(q.events[:1], 0)
	switch {
	case err != nil:
		return socket.Error(Name, "probe", "", err)
	case n == 0:
		return &port.Error{Op: "probe", Driver: Name, Outcome: port.ErrNotSupported, Detail: "an event did not arrive"}
	}
	return nil
}
