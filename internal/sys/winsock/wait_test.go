//go:build windows

package winsock

import (
	"runtime"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

func newEvent(t *testing.T, signaled uint32) windows.Handle {
	t.Helper()
	h, err := windows.CreateEvent(nil, 1, signaled, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { windows.CloseHandle(h) })
	return h
}

func TestWaitForEvents(t *testing.T) {
	r := newRig(t)
	for _, before := range []bool{true, false} {
		ov, event := record(t), newEvent(t, 0)
		if before {
			windows.SetEvent(event)
		}
		w, errno := NewWait(r.iocp, 5, ov, event)
		if errno != 0 {
			t.Fatal(errno)
		}
		if !before {
			r.quiet()
			windows.SetEvent(event)
		}
		if n, errno := r.packet(ov); n != 0 || errno != 0 {
			t.Errorf("the packet says %d, %v", n, errno)
		}
		if !w.Stop() {
			t.Error("a packet came that was not posted")
		}
		r.quiet()
	}
}

func TestWaitStopped(t *testing.T) {
	r := newRig(t)
	event := newEvent(t, 0)
	w, errno := NewWait(r.iocp, 5, record(t), event)
	if errno != 0 {
		t.Fatal(errno)
	}
	if w.Stop() {
		t.Error("a packet was posted for nothing")
	}
	windows.SetEvent(event)
	r.quiet()
}

// TestWaitStoppedInARace holds that Stop knows whether there is a packet.
func TestWaitStoppedInARace(t *testing.T) {
	r := newRig(t)
	posted := 0
	for i := range 200 {
		event, ov := newEvent(t, 0), record(t)
		w, errno := NewWait(r.iocp, 5, ov, event)
		if errno != 0 {
			t.Fatal(errno)
		}
		done := make(chan error)
		go func() { done <- windows.SetEvent(event) }()
		for range i { // the later, the more are posted
			runtime.Gosched()
			windows.WaitForSingleObject(event, 0)
		}
		if w.Stop() {
			posted++
			r.packet(ov)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		r.quiet()
	}
	t.Logf("%d of 200 were posted", posted)
}

func TestWaitForMany(t *testing.T) {
	r := newRig(t)
	const many = 200 // one thread of the pool waits for 63 at most
	var waits [many]*Wait
	var events [many]windows.Handle
	ov := record(t)
	for i := range waits {
		events[i] = newEvent(t, 0)
		var errno error
		w, number := NewWait(r.iocp, uintptr(i), ov, events[i])
		if errno = optional(number); errno != nil {
			t.Fatal(errno)
		}
		waits[i] = w
	}
	for i := range events {
		windows.SetEvent(events[many-1-i])
	}
	var came [many]bool
	for range many {
		var entries [1]Entry
		if n, errno := Dequeue(r.iocp, entries[:], patienceMs); n != 1 || errno != 0 || came[entries[0].Key] {
			t.Fatalf("%d packets, %v: %v", n, errno, entries)
		}
		came[entries[0].Key] = true
	}
	for _, w := range waits {
		w.Stop()
	}
}

// TestWaitForNothing holds that a bad handle is an error, or never signaled:
// Wine finds out on its own thread.
func TestWaitForNothing(t *testing.T) {
	r := newRig(t)
	w, errno := NewWait(r.iocp, 5, record(t), windows.Handle(0x0ffffff0))
	switch {
	case errno == 0 && w.Stop():
		t.Error("no handle was signaled")
	case errno != 0 && Outcome(errno) != port.ErrClosed:
		t.Errorf("waiting for no handle: %v (%d)", errno, errno)
	}
	r.quiet()
}
