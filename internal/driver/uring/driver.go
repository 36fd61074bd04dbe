//go:build linux

package uring

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
	abi "github.com/raon-engine/raon/internal/sys/uring"
)

const driverName = "uring"

// Driver makes rings. Any goroutine may use it; each of its ports belongs to
// the thread that made it.
type Driver struct {
	*socket.Sockets
	features features
}

// features are what kernels from 6.1 on differ in.
type features struct {
	truncate   bool // the ring can truncate files, 6.9
	singleRecv bool // multishot receives may lose the end, see probeReceive
	recvLimit  bool // a multishot receive can be limited in bytes, 6.17
}

// New makes the driver after Probe has found that it works.
func New() (port.Driver, error) {
	d := &Driver{Sockets: socket.New(driverName)}
	if err := d.probe(); err != nil {
		return nil, dress("probe", err)
	}
	return d, nil
}

// needed are the features without which a ring is not used, by name.
var needed = []struct {
	flag uint32
	name string
}{
	{abi.FeatNoDrop, "IORING_FEAT_NODROP"},
	{abi.FeatSubmitStable, "IORING_FEAT_SUBMIT_STABLE"},
	{abi.FeatExtArg, "IORING_FEAT_EXT_ARG"},
}

// NewPort makes a ring for the calling thread.
func (d *Driver) NewPort(opts port.PortOptions) (port.Port, error) {
	opts, err := withDefaults(opts)
	if err == nil {
		var p *Port
		if p, err = newPort(d, opts); err == nil {
			return p, nil
		}
	}
	return nil, dress("new port", err)
}

// dress makes err the cause of a *port.Error, with the step that it names.
func dress(call string, err error) error {
	outcome := port.ErrFailed
	var errno unix.Errno
	switch {
	case errors.Is(err, port.ErrNotSupported):
		outcome = port.ErrNotSupported
	case errors.As(err, &errno):
		outcome = socket.Outcome(errno)
	}
	return &port.Error{Op: call, Driver: driverName, Outcome: outcome, Cause: err}
}

// openRing makes a ring that has all that is needed.
func openRing(opts port.PortOptions) (*abi.Ring, error) {
	ring, err := abi.Open(uint32(opts.SubmitEntries), uint32(opts.CompleteEntries))
	if errors.Is(err, unix.EINVAL) {
		return nil, fmt.Errorf("%w: %w (Linux 6.1 is needed)", port.ErrNotSupported, err)
	}
	if err != nil {
		return nil, err
	}
	for _, f := range needed {
		if ring.Features()&f.flag == 0 {
			ring.Close()
			return nil, fmt.Errorf("the kernel lacks %s: %w", f.name, unix.ENOSYS)
		}
	}
	return ring, nil
}
