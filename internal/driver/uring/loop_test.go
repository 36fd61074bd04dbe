//go:build linux

package uring

import (
	"errors"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// calls are the counters that a turn moves.
func (r *rig) calls() (enters, submits, waits uint64) {
	s := r.Stats()
	return s.Enters, s.Submits, s.Waits
}

// spends checks how many system calls fn makes.
func (r *rig) spends(what string, enters, submits, waits uint64, fn func()) {
	r.t.Helper()
	e, s, w := r.calls()
	fn()
	e2, s2, w2 := r.calls()
	if e2-e != enters || s2-s != submits || w2-w != waits {
		r.t.Fatalf("%s: %d enters, %d submits, %d waits, want %d, %d, %d", what, e2-e, s2-s, w2-w, enters, submits, waits)
	}
}

// TestEntersPerTurn counts the system calls of the turns that a server makes.
func TestEntersPerTurn(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	var sends []*end
	for range 50 {
		a, peer := r.pair()
		a.op(port.OpRecv)
		sends = append(sends, a)
		peer.write([]byte("x"))
	}
	r.spends("50 receives and what is there for them", 1, 1, 0, func() { r.poll(0) })
	if len(r.events) != 50 {
		t.Fatalf("%d events", len(r.events))
	}
	for _, a := range sends {
		a.send([]byte("y"))
	}
	r.out = r.out[:10]
	r.spends("50 sends, room for 10 events", 1, 1, 0, func() { r.poll(-1) })
	r.spends("events that can be seen", 0, 0, 0, func() {
		for range 4 {
			if n := r.poll(-1); n != 10 {
				t.Fatalf("%d events", n)
			}
		}
	})
	r.spends("nothing to do", 1, 0, 1, func() { r.poll(time.Millisecond) })
	a, _ := r.pair()
	a.op(port.OpRecv)
	r.spends("one receive, nothing there: submitted with the wait", 1, 1, 1, func() { r.poll(time.Millisecond) })
	r.Submit(&port.Op{Type: port.OpJob})
	r.spends("a job", 0, 0, 0, func() { r.poll(-1) })
}

// TestIdlePollMakesNoCall polls without waiting and without work.
func TestIdlePollMakesNoCall(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	r.poll(0) // arms the wake
	r.spends("10 idle polls", 0, 0, 0, func() {
		for range 10 {
			r.poll(0)
		}
	})
}

// TestBigTurnIsNotRaw keeps long enters from stopping the garbage collector: it
// is enough that they work on either way.
func TestBigTurn(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	var recvs []*port.Op
	for range 200 {
		a, peer := r.pair()
		recvs = append(recvs, a.op(port.OpRecv))
		peer.write(make([]byte, 2000))
	}
	for _, recv := range recvs {
		r.until("its bytes", func() bool { return r.received(recv) == 2000 })
	}
}

// TestHiddenCompletionsAreFetched overfills the completion queue: what the
// kernel keeps back comes with the following polls, none of which waits.
func TestHiddenCompletionsAreFetched(t *testing.T) {
	r := newRig(t, port.PortOptions{SubmitEntries: 64, CompleteEntries: 64})
	for range 64 {
		a, _ := r.pair()
		a.send([]byte("x"))
	}
	for range 64 {
		a, _ := r.pair()
		a.send([]byte("x")) // in the backlog
	}
	r.spends("128 sends, and the wake that found no room", 3, 3, 0, func() {
		r.until("all events", func() bool { return len(r.events) == 128 })
	})
}

// TestStuckKernelIsTriedAgain is what happens when the kernel takes no entries.
func TestStuckKernelIsTriedAgain(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	a, _ := r.pair()
	send := a.send([]byte("x"))
	for _, errno := range []unix.Errno{unix.EAGAIN, unix.EBUSY, unix.ENOMEM} {
		if err := r.entered(errno); err != nil || !r.stuck {
			t.Fatalf("%v: %v, stuck %v", errno, err, r.stuck)
		}
		if ns := r.timeoutNs(forever); ns != pauseNs {
			t.Fatalf("would sleep %d ns", ns)
		}
	}
	if r.busy() {
		t.Fatal("would try at once, and for ever")
	}
	r.spends("a pause, then the send", 2, 1, 1, func() {
		if ev := r.ended(send); ev.Err != nil {
			t.Fatal(ev.Err)
		}
	})
}

// TestBrokenRingIsAnError is told by Poll itself.
func TestBrokenRingIsAnError(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	err := r.entered(unix.EEXIST)
	var e *port.Error
	if !errors.As(err, &e) || e.Op != "poll" || !errors.Is(err, unix.EEXIST) {
		t.Fatalf("%v", err)
	}
}
