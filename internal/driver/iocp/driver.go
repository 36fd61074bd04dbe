//go:build windows

package iocp

import (
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/winsock"
)

// Name is the driver's name in options, logs and metrics.
const Name = "iocp"

// Driver implements port.Driver. Any goroutine may use it.
type Driver struct{ *winsock.Sockets }

// New makes the driver. It fails where the system's calls are missing or do
// not work.
func New() (port.Driver, error) {
	if err := Probe(); err != nil {
		return nil, err
	}
	sockets, err := winsock.New(Name)
	if err != nil {
		return nil, err
	}
	return Driver{sockets}, nil
}

// NewPort makes a port for the calling thread.
func (d Driver) NewPort(opts port.PortOptions) (port.Port, error) {
	p, err := newPort(d.Sockets, opts)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Probe finds out by doing whether the driver works here: it takes a packet
// that was posted.
func Probe() error {
	h, err := winsock.NewPort()
	if err != nil {
		return winsock.Error(Name, "probe", "", err)
	}
	defer closePort(h)
	if errno := winsock.Post(h, keyWake, nil); errno != 0 {
		return winsock.Error(Name, "probe", "", errno)
	}
	var entries [1]winsock.Entry
	switch n, errno := winsock.Dequeue(h, entries[:], 0); {
	case errno != 0:
		return winsock.Error(Name, "probe", "", errno)
	case n == 0:
		return &port.Error{Op: "probe", Driver: Name, Outcome: port.ErrNotSupported, Detail: "a packet did not arrive"}
	}
	return nil
}
