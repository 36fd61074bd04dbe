//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package kqueue

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/driver/ready"
	"github.com/raon-engine/raon/internal/port"
)

func mustQueue(t *testing.T) *queue {
	t.Helper()
	q, err := newQueue()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
	return q
}

// must waits once; nothing may fail.
func (q *queue) must(t *testing.T, wait time.Duration) []ready.Edge {
	t.Helper()
	edges := make([]ready.Edge, 8)
	n, err := q.Wait(edges, wait)
	if err != nil {
		t.Fatal(err)
	}
	return edges[:n]
}

func TestInterruptEndsEachWaitOnce(t *testing.T) {
	q := mustQueue(t)
	for range 3 {
		q.Interrupt()
		q.Interrupt() // before the wait: both are answered by it
		if edges := q.must(t, -1); len(edges) != 0 {
			t.Errorf("an interrupt gave edges: %v", edges)
		}
	}
	if n, err := q.wait(q.events[:], 0); n != 0 || err != nil {
		t.Errorf("%d events, %v: an interrupt ended two waits", n, err)
	}
}

func TestWaitEndsInTime(t *testing.T) {
	q := mustQueue(t)
	for _, wait := range []time.Duration{0, time.Nanosecond, 100 * time.Microsecond, 3 * time.Millisecond} {
		if edges := q.must(t, wait); len(edges) != 0 {
			t.Errorf("waiting %v gave edges: %v", wait, edges)
		}
	}
}

func TestWaitTakesAnyLength(t *testing.T) {
	q := mustQueue(t)
	q.Interrupt()
	if edges := q.must(t, 1<<63-1); len(edges) != 0 {
		t.Errorf("edges: %v", edges)
	}
}

// all is what several edges tell together: the kernel reports reading and
// writing apart.
func all(t *testing.T, edges []ready.Edge, ref port.Ref) (what ready.What) {
	t.Helper()
	for _, e := range edges {
		if e.Ref != ref {
			t.Errorf("an edge of %#x, want %#x", uint64(e.Ref), uint64(ref))
		}
		what |= e.What
	}
	return what
}

func TestEdgesCarryTheirRef(t *testing.T) {
	q := mustQueue(t)
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fds[0])
	defer unix.Close(fds[1])
	ref := port.MakeRef(1<<31+7, 1<<31+9)
	if err := q.Add(fds[0], ref); err != nil {
		t.Fatal(err)
	}
	for i, step := range []struct {
		do   func() error
		want ready.What
	}{
		{func() error { return nil }, 0},
		{func() error { _, err := unix.Write(fds[1], []byte{1}); return err }, ready.Readable},
		{func() error { return nil }, 0}, // an edge, not a level
		{func() error { return q.AddWrite(fds[0], ref) }, ready.Writable},
		{func() error { return nil }, 0},
		{func() error { return unix.Shutdown(fds[1], unix.SHUT_WR) }, ready.Readable | ready.PeerDone},
		{func() error { return q.Remove(fds[0]) }, 0},
		{func() error { return unix.Shutdown(fds[1], unix.SHUT_RD) }, 0},
	} {
		if err := step.do(); err != nil {
			t.Fatal(i, err)
		}
		if got := all(t, q.must(t, 0), ref); got&step.want != step.want || step.want == 0 && got != 0 {
			t.Errorf("step %d gave %#x, want %#x", i, got, step.want)
		}
	}
	if err := q.Remove(fds[0]); err != unix.ENOENT {
		t.Errorf("removing twice: %v", err)
	}
}

// TestRefsFollowTheDescriptor gives a number to one attachment after another.
func TestRefsFollowTheDescriptor(t *testing.T) {
	q := mustQueue(t)
	for generation := range uint32(3) {
		fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		if err != nil {
			t.Fatal(err)
		}
		ref := port.MakeRef(5, generation+1)
		if err := q.Add(fds[0], ref); err != nil {
			t.Fatal(err)
		}
		if _, err := unix.Write(fds[1], []byte{1}); err != nil {
			t.Fatal(err)
		}
		if got := all(t, q.must(t, 0), ref); got != ready.Readable {
			t.Errorf("generation %d: %#x", generation+1, got)
		}
		_ = unix.Close(fds[1])
		_ = unix.Close(fds[0])
		if edges := q.must(t, 0); len(edges) != 0 {
			t.Errorf("edges of a closed descriptor: %v", edges)
		}
	}
}
