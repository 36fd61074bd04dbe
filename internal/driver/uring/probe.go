//go:build linux

package uring

import (
	"fmt"
	"io"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
	abi "github.com/raon-engine/raon/internal/sys/uring"
)

// Probe tells whether io_uring works here, by doing: a multishot receive with a
// ring of provided buffers over a pair of sockets, which also works where there
// is no loopback interface. The error names what is missing.
func Probe() error {
	_, err := New()
	return err
}

// probe does what Probe says and finds out the features on the way.
func (d *Driver) probe() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	opts, _ := withDefaults(port.PortOptions{SubmitEntries: 8, CompleteEntries: 16, RecvBuffers: 4, RecvBufferBytes: 64})
	p, err := newPort(d, opts)
	if err != nil {
		return err
	}
	defer p.Close()
	d.features.truncate = p.ring.Supports(abi.OpFtruncate)
	return probeReceive(d, p)
}

// probeReceive sends itself two messages, and the end of the stream together
// with the second.
//
// Linux 6.17 and 6.18 lose the end when it arrives together with bytes that
// fill no buffer on a unix socket, and the receive then hangs (liburing issue
// 1549, CVE-2026-23473; fixed in March 2026). Both wake-ups happen before the ring runs either, so
// the bug shows every time. Where it does, unix sockets get single receives.
func probeReceive(d *Driver, p *Port) error {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("socketpair: %w", err)
	}
	defer unix.Close(pair[1])
	ref, err := p.Attach(port.Handle(pair[0]), port.KindStream, nil)
	if err != nil {
		return err
	}
	p.Submit(&port.Op{Type: port.OpRecv, Target: ref})
	for range 2 {
		if _, errno := socket.Send(pair[1], []byte("raon")); errno != 0 {
			return fmt.Errorf("send: %w", errno)
		}
		if p.stats.Events == 1 {
			_ = unix.Shutdown(pair[1], unix.SHUT_WR)
		}
		if err := probeEvent(p, nil); err != nil {
			return err
		}
	}
	if p.stats.Rearms != 0 {
		return fmt.Errorf("multishot receive ends after one message: %w", unix.EOPNOTSUPP)
	}
	d.features.unixLoses = probeEvent(p, io.EOF) != nil
	return nil
}

// probeEvent polls until there is an event with the given error.
func probeEvent(p *Port, want error) error {
	var out [1]port.Event
	n, err := p.Poll(out[:], 20*time.Millisecond)
	switch {
	case err != nil:
		return err
	case n == 0:
		return fmt.Errorf("multishot receive: %w", unix.ETIMEDOUT)
	case out[0].Err != want:
		return fmt.Errorf("multishot receive: %w", out[0].Err)
	}
	if out[0].Buf.Lent() {
		p.Release(out[0].Buf)
	}
	return nil
}
