//go:build windows

package winsock

import (
	"testing"
	"time"
)

// TestTimer holds what a timer promises where there is one, and that its absence
// is told where there is none.
func TestTimer(t *testing.T) {
	r := newRig(t)
	timer, err := NewTimer(r.iocp, 9)
	if err != nil {
		t.Logf("no timer: %v", err)
		if timer != nil {
			t.Error("a timer came with the error")
		}
		return
	}
	defer timer.Close()
	var entries [1]Entry
	for range 3 {
		if errno := timer.Arm(2 * time.Millisecond); errno != 0 {
			t.Fatal(errno)
		}
		if n, errno := Dequeue(r.iocp, entries[:], patienceMs); n != 1 || errno != 0 || entries[0].Key != 9 {
			t.Fatalf("%d packets, %v: %v", n, errno, entries)
		}
		timer.Disarm()
	}
	if errno := timer.Arm(time.Hour); errno != 0 {
		t.Fatal(errno)
	}
	if timer.Disarm() {
		t.Error("an hour is over")
	}
	r.quiet()
}
