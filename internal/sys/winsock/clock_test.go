//go:build windows

package winsock

import (
	"testing"
	"time"
)

func TestClockFollowsTime(t *testing.T) {
	r := newRig(t)
	began, from := time.Now(), Clock()
	var entries [1]Entry
	if n, errno := Dequeue(r.iocp, entries[:], 50); n != 0 || errno != 0 {
		t.Fatal(n, errno)
	}
	inside := Clock() - from
	outside := time.Since(began)
	const tick = 20 * time.Millisecond // package time may be late by one
	if inside <= 0 || inside > outside+tick {
		t.Errorf("%v passed within %v", inside, outside)
	}
}

func TestClockNeverGoesBack(t *testing.T) {
	last := Clock()
	for range 10_000 {
		now := Clock()
		if now < last {
			t.Fatalf("%v after %v", now, last)
		}
		last = now
	}
}
