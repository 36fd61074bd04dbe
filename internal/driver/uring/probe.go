//go:build linux

package uring

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
	abi "github.com/raon-engine/raon/internal/sys/uring"
)

// Probe tells whether io_uring works here, by doing: a multishot receive with a
// ring of provided buffers over a pair of sockets. The error names what is
// missing.
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
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("socketpair: %w", err)
	}
	if err := probePair(p, pair, false); err != nil {
		return err
	}
	if pair, err = tcpPair(); err != nil {
		return nil // no loopback interface here, so no TCP to find out about
	}
	return probePair(p, pair, true)
}

// probePair probes with a pair of sockets, and closes the second one. The first
// is the port's.
func probePair(p *Port, pair [2]int, reset bool) error {
	ended := false
	end := func() {
		if !ended {
			ended = true
			_ = socket.Close(pair[1], reset)
		}
	}
	defer end()
	ref, err := p.Attach(port.Handle(pair[0]), port.KindStream, nil)
	if err != nil {
		return err
	}
	if err := p.driver.probeLimit(p, ref); err != nil {
		return err
	}
	return p.driver.probeReceive(p, pair[1], end)
}

// probeLimit starts a receive with a limit, or without where the kernel does not
// know that field.
func (d *Driver) probeLimit(p *Port, ref port.Ref) error {
	d.features.recvLimit = true
	op := &port.Op{Type: port.OpRecv, Target: ref}
	p.Submit(op)
	var ev port.Event
	n, err := probePoll(p, 0, &ev)
	if n == 1 && errors.Is(ev.Err, unix.EINVAL) {
		d.features.recvLimit = false
		p.Submit(op)
	}
	return err
}

// probeReceive sends a message to p, then another one together with the end.
//
// Kernels from 5.19 to March 2026 may lose an end that arrives together with
// bytes, and the receive then hangs (CVE-2026-23473, liburing issue 1549): on
// TCP sockets a reset, on unix sockets from 6.17 on the end of the stream. Both
// wake-ups happen before the ring runs here, so the bug shows every time. Where
// it does, receives are made one by one, which costs an entry for each.
func (d *Driver) probeReceive(p *Port, peer int, end func()) error {
	before := p.stats.Rearms
	for _, then := range []func(){func() {}, end} {
		if _, errno := socket.Send(peer, []byte("raon")); errno != 0 {
			return fmt.Errorf("send: %w", errno)
		}
		then()
		if err := probeData(p); err != nil {
			return err
		}
	}
	if p.stats.Rearms != before && !d.features.singleRecv {
		return fmt.Errorf("multishot receive ends after one message: %w", unix.EOPNOTSUPP)
	}
	n, err := probePoll(p, soon, new(port.Event))
	d.features.singleRecv = d.features.singleRecv || n == 0
	return err
}

// probeData polls until bytes have been received.
func probeData(p *Port) error {
	var ev port.Event
	n, err := probePoll(p, soon, &ev)
	switch {
	case err != nil:
		return err
	case n == 0:
		return fmt.Errorf("multishot receive: %w", unix.ETIMEDOUT)
	case ev.Err != nil:
		return fmt.Errorf("multishot receive: %w", ev.Err)
	}
	p.Release(ev.Buf)
	return nil
}

// soon is how long the probe waits for what comes at once or not at all.
const soon = 20 * time.Millisecond

// probePoll polls for one event.
func probePoll(p *Port, wait time.Duration, ev *port.Event) (n int, err error) {
	var out [1]port.Event
	n, err = p.Poll(out[:], wait)
	*ev = out[0]
	return n, err
}

// tcpPair is a TCP connection over the loopback interface.
func tcpPair() (pair [2]int, err error) {
	const flags = unix.SOCK_STREAM | unix.SOCK_CLOEXEC
	listener, err := unix.Socket(unix.AF_INET, flags, 0)
	if err != nil {
		return pair, err
	}
	defer unix.Close(listener)
	if err := unix.Bind(listener, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return pair, err
	}
	if err := unix.Listen(listener, 1); err != nil {
		return pair, err
	}
	addr, err := unix.Getsockname(listener)
	if err != nil {
		return pair, err
	}
	if pair[0], err = unix.Socket(unix.AF_INET, flags, 0); err != nil {
		return pair, err
	}
	if err = unix.Connect(pair[0], addr); err == nil {
		pair[1], _, err = unix.Accept4(listener, unix.SOCK_CLOEXEC)
	}
	if err != nil {
		unix.Close(pair[0])
	}
	return pair, err
}
