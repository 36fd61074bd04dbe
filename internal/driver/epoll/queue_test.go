//go:build linux

package epoll

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/driver/ready"
	"github.com/raon-engine/raon/internal/port"
)

// bothWaits runs test with epoll_pwait2 and with what replaces it.
func bothWaits(t *testing.T, test func(t *testing.T, q *queue)) {
	for name, coarse := range map[string]bool{"precise": false, "coarse": true} {
		t.Run(name, func(t *testing.T) {
			q, err := newQueue()
			if err != nil {
				t.Fatal(err)
			}
			defer q.Close()
			q.coarse = coarse
			test(t, q)
		})
	}
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
	bothWaits(t, func(t *testing.T, q *queue) {
		for range 3 {
			q.Interrupt()
			if edges := q.must(t, -1); len(edges) != 0 {
				t.Errorf("an interrupt gave edges: %v", edges)
			}
		}
		if n, errno := q.wait(q.events[:], 0); n != 0 || errno != 0 {
			t.Errorf("%d events, %v: an interrupt ended two waits", n, errno)
		}
	})
}

func TestWaitEndsInTime(t *testing.T) {
	bothWaits(t, func(t *testing.T, q *queue) {
		for _, wait := range []time.Duration{0, time.Nanosecond, 100 * time.Microsecond, 3 * time.Millisecond} {
			if edges := q.must(t, wait); len(edges) != 0 {
				t.Errorf("waiting %v gave edges: %v", wait, edges)
			}
		}
	})
}

func TestEdgesCarryTheirRef(t *testing.T) {
	bothWaits(t, func(t *testing.T, q *queue) {
		fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fds[0])
		defer unix.Close(fds[1])
		ref := port.MakeRef(1<<31+7, 1<<31+9)
		if err := q.Add(fds[0], ref); err != nil {
			t.Fatal(err)
		}
		steps := []struct {
			do   func() error
			want ready.What
		}{
			{func() error { return nil }, 0},
			{func() error { _, err := unix.Write(fds[1], []byte{1}); return err }, ready.Readable},
			{func() error { return nil }, 0}, // an edge, not a level
			{func() error { return q.AddWrite(fds[0], ref) }, ready.Readable | ready.Writable},
			{func() error { return unix.Shutdown(fds[1], unix.SHUT_WR) }, ready.Readable | ready.Writable | ready.PeerDone},
			{func() error { return q.Remove(fds[0]) }, 0},
			{func() error { return unix.Shutdown(fds[1], unix.SHUT_RD) }, 0},
		}
		for i, step := range steps {
			if err := step.do(); err != nil {
				t.Fatal(i, err)
			}
			edges := q.must(t, 0)
			if step.want == 0 && len(edges) != 0 || step.want != 0 && (len(edges) != 1 || edges[0] != ready.Edge{Ref: ref, What: step.want}) {
				t.Errorf("step %d gave %v, want %#x of %#x", i, edges, step.want, uint64(ref))
			}
		}
		if err := q.Remove(fds[0]); err != unix.ENOENT {
			t.Errorf("removing twice: %v", err)
		}
	})
}

func TestMillisecondsRoundUp(t *testing.T) {
	for wait, want := range map[time.Duration]uintptr{
		-1: ^uintptr(0), 1: 1, time.Millisecond: 1, time.Millisecond + 1: 2, 1<<63 - 1: 1<<31 - 1,
	} {
		if got := milliseconds(wait); got != want {
			t.Errorf("%d ns are %d ms, want %d", wait, got, want)
		}
	}
}
