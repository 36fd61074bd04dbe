//go:build linux

package uring

import (
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// openRing makes a ring on the test's own thread.
func openRing(t *testing.T, submit, complete uint32) *Ring {
	t.Helper()
	runtime.LockOSThread()
	r, err := Open(submit, complete)
	if err != nil {
		runtime.UnlockOSThread()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.Close()
		runtime.UnlockOSThread()
	})
	return r
}

// nop prepares a request that does nothing.
func nop(t *testing.T, r *Ring, userData uint64) {
	t.Helper()
	e := r.Prepare()
	if e == nil {
		t.Fatal("no room for an entry")
	}
	e.Opcode, e.UserData = OpNop, userData
}

// enter enters without waiting, which must work.
func (r *Ring) mustEnter(t *testing.T, raw bool) {
	t.Helper()
	if errno := r.Enter(true, raw); errno != 0 {
		t.Fatalf("enter: %v", errno)
	}
}

func TestEntriesCompleteInOrder(t *testing.T) {
	r := openRing(t, 4, 8)
	for round := range uint64(5) { // past the end of the queues
		for i := range uint64(3) {
			nop(t, r, round*3+i)
		}
		if r.Prepared() != 3 {
			t.Fatalf("%d prepared, want 3", r.Prepared())
		}
		r.mustEnter(t, round%2 == 0)
		if r.Prepared() != 0 || r.Ready() != 3 {
			t.Fatalf("after the enter: %d prepared, %d ready", r.Prepared(), r.Ready())
		}
		for i := range uint64(3) {
			if c := r.Peek(); c == nil || c.UserData != round*3+i || c.Res != 0 {
				t.Fatalf("completion %d of round %d: %+v", i, round, c)
			}
			r.Seen()
		}
		if r.Peek() != nil {
			t.Fatal("a completion too many")
		}
	}
}

func TestFullQueueGivesNoEntry(t *testing.T) {
	r := openRing(t, 2, 4)
	nop(t, r, 1)
	nop(t, r, 2)
	if r.Prepare() != nil {
		t.Fatal("a queue of 2 took a third entry")
	}
	r.mustEnter(t, true)
	nop(t, r, 3)
}

func TestPreparedEntryIsClear(t *testing.T) {
	r := openRing(t, 1, 2)
	e := r.Prepare()
	*e = SQE{Opcode: OpNop, Flags: SQECQESkipSuccess, Addr: 1, Addr3: 2, UserData: 3}
	r.mustEnter(t, true)
	if e := r.Prepare(); *e != (SQE{}) {
		t.Fatalf("the entry still holds %+v", *e)
	}
}

// TestOverflowIsFlagged fills the completion queue beyond its end: nothing is
// lost, but the rest is seen only after another enter, which the flag asks for.
func TestOverflowIsFlagged(t *testing.T) {
	r := openRing(t, 8, 8)
	for i := range uint64(20) {
		if r.Prepared() == r.SQEntries() {
			r.mustEnter(t, true)
		}
		nop(t, r, i)
	}
	r.mustEnter(t, true)
	if r.Ready() != r.CQEntries() || !r.Flagged() {
		t.Fatalf("%d of %d ready, flagged %v", r.Ready(), r.CQEntries(), r.Flagged())
	}
	for i := range uint64(20) {
		if r.Peek() == nil {
			r.mustEnter(t, true)
		}
		if c := r.Peek(); c == nil || c.UserData != i {
			t.Fatalf("completion %d: %+v", i, c)
		}
		r.Seen()
	}
	r.mustEnter(t, true)
	if r.Flagged() || r.Ready() != 0 {
		t.Fatalf("afterwards: flagged %v, %d ready", r.Flagged(), r.Ready())
	}
}

func TestWaitTimesOut(t *testing.T) {
	r := openRing(t, 2, 4)
	const pause = 20 * time.Millisecond
	began := time.Now()
	if errno := r.Wait(true, int64(pause)); errno != unix.ETIME {
		t.Fatalf("Wait: %v, want ETIME", errno)
	}
	if took := time.Since(began); took < pause {
		t.Fatalf("waited %v of %v", took, pause)
	}
}

func TestWaitSubmits(t *testing.T) {
	r := openRing(t, 2, 4)
	nop(t, r, 7)
	if errno := r.Wait(true, -1); errno != 0 || r.Ready() != 1 {
		t.Fatalf("Wait: %v with %d ready", errno, r.Ready())
	}
	r.Seen()
	nop(t, r, 8)
	if errno := r.Wait(false, 0); errno != unix.ETIME || r.Prepared() != 1 {
		t.Fatalf("Wait without submitting: %v, %d prepared", errno, r.Prepared())
	}
}

// TestForeignThreadIsRefused shows what a port's owner is spared.
func TestForeignThreadIsRefused(t *testing.T) {
	r := openRing(t, 2, 4)
	nop(t, r, 1)
	plain := &Ring{fd: r.fd, handle: uintptr(r.fd), features: r.features, sq: r.sq, cq: r.cq}
	got := make(chan unix.Errno)
	go func() { // on another thread: this one is locked
		got <- plain.Enter(true, true)
	}()
	if errno := <-got; errno != unix.EEXIST {
		t.Fatalf("enter by another thread: %v, want EEXIST", errno)
	}
}

// TestManyRingsOnOneThread has more rings than a thread can register.
func TestManyRingsOnOneThread(t *testing.T) {
	registered := 0
	for i := range uint64(20) {
		r := openRing(t, 2, 4)
		if r.flags&enterRegisteredRing != 0 {
			registered++
		}
		nop(t, r, i)
		r.mustEnter(t, true)
		if c := r.Peek(); c == nil || c.UserData != i {
			t.Fatalf("ring %d: completion %+v", i, c)
		}
	}
	if registered == 0 || registered == 20 {
		t.Fatalf("%d of 20 rings registered, want some and not all", registered)
	}
}

// TestRingsAreUnregistered opens more rings than fit, one after the other.
func TestRingsAreUnregistered(t *testing.T) {
	for i := range 40 {
		t.Run("", func(t *testing.T) {
			if r := openRing(t, 2, 4); r.flags&enterRegisteredRing == 0 {
				t.Fatalf("ring %d found no room", i)
			}
		})
	}
}

func TestSupports(t *testing.T) {
	r := openRing(t, 2, 4)
	if !r.Supports(OpSend) || r.Supports(255) {
		t.Fatalf("send %v, operation 255 %v", r.Supports(OpSend), r.Supports(255))
	}
}

func TestPollMask(t *testing.T) {
	want := uint32(0x2001)
	if !littleEndian {
		want = 0x2001 << 16
	}
	if got := PollMask(unix.POLLIN | unix.POLLRDHUP); got != want {
		t.Fatalf("%#x, want %#x", got, want)
	}
}
