//go:build linux

package uring

import (
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

func TestProbe(t *testing.T) {
	if err := Probe(); err != nil {
		t.Fatal(err)
	}
}

// TestProbeNamesTheStep has each step of making a port fail for want of a
// descriptor: the error says which one and nothing is left behind.
func TestProbeNamesTheStep(t *testing.T) {
	for n, step := range []string{"io_uring_setup", "eventfd", "socketpair", "socketpair"} {
		restore := limitHandles(t, n)
		err := Probe()
		restore()
		var e *port.Error
		if !errors.As(err, &e) || e.Outcome != port.ErrTooManyFiles || e.Op != "probe" || !strings.Contains(err.Error(), step) {
			t.Fatalf("with %d descriptors: %v", n, err)
		}
	}
}

func TestOptions(t *testing.T) {
	opts, err := withDefaults(port.PortOptions{})
	if err != nil || opts.SubmitEntries != defaultSubmitEntries || opts.RecvBuffers != defaultRecvBuffers {
		t.Fatalf("defaults: %+v, %v", opts, err)
	}
	opts, err = withDefaults(port.PortOptions{CompleteEntries: 4})
	if err != nil || opts.SubmitEntries != 4 {
		t.Fatalf("a small completion queue alone: %+v, %v", opts, err)
	}
	_, err = withDefaults(port.PortOptions{
		Slots: -1, RecvBuffers: math.MaxInt, RecvBufferBytes: port.PassBytes + 1, SubmitEntries: 1 << 20, CompleteEntries: -5,
	})
	if faults, ok := err.(interface{ Unwrap() []error }); !ok || len(faults.Unwrap()) != 5 {
		t.Fatalf("five faults give %v", err)
	}
	d := newDriver(t)
	if _, err = d.NewPort(port.PortOptions{SubmitEntries: 8, CompleteEntries: 4}); !errors.Is(err, unix.EINVAL) {
		t.Fatalf("more submissions than completions: %v", err)
	}
}

func TestAttachRefuses(t *testing.T) {
	r := newRig(t, port.PortOptions{Slots: 1})
	if _, err := r.Attach(0, port.KindDatagram, nil); !errors.Is(err, port.ErrNotSupported) {
		t.Fatalf("a datagram socket: %v", err)
	}
	if _, err := r.Attach(port.NoHandle, port.KindStream, nil); !errors.Is(err, port.ErrClosed) {
		t.Fatalf("no handle: %v", err)
	}
	a, peer := r.pair()
	if _, err := r.Attach(port.Handle(peer.fd), port.KindStream, nil); !errors.Is(err, port.ErrNoBuffers) {
		t.Fatalf("more than Slots: %v", err)
	}
	h, err := r.Detach(a.ref)
	if err != nil || int(h) != a.fd {
		t.Fatalf("Detach: %d, %v", h, err)
	}
	unix.Close(a.fd)
}

// TestSlabIsAligned lets the kernel copy whole pages.
func TestSlabIsAligned(t *testing.T) {
	for _, n := range []int{1, 4096, 100_000} {
		b := pageAligned(n)
		if len(b) != n || cap(b) != n || address(b)%uintptr(unix.Getpagesize()) != 0 {
			t.Fatalf("%d bytes: %d at %#x", n, len(b), address(b))
		}
	}
}

// TestOtherThreadPanics finds a port used by a thread that does not own it,
// where checks are compiled in.
func TestOtherThreadPanics(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	got := make(chan any)
	go func() { // this thread is locked, so it is another
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer func() { got <- recover() }()
		r.check()
	}()
	if _, panicked := (<-got).(invariant.Violation); panicked != invariant.Enabled {
		t.Fatalf("panicked: %v, checks enabled: %v", panicked, invariant.Enabled)
	}
}
