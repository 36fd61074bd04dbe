//go:build windows

package winsock

import (
	"math"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

func TestAlloc(t *testing.T) {
	for _, bytes := range []int{1, 4096, 1 << 20} {
		b, err := Alloc(bytes)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) != bytes || cap(b) != bytes {
			t.Errorf("asked for %d bytes, have %d of %d", bytes, len(b), cap(b))
		}
		for i := range b {
			if b[i] != 0 {
				t.Fatalf("byte %d is %d", i, b[i])
			}
			b[i] = 1
		}
		Free(b)
	}
	Free(nil)
}

func TestAllocOfTooMuch(t *testing.T) {
	_, err := Alloc(math.MaxInt)
	if err == nil {
		t.Fatal("half of all addresses were allocated")
	}
	t.Logf("%v (%d)", err, err)
	if outcome := Outcome(number(err)); outcome != port.ErrNoBuffers && number(err) != windows.ERROR_INVALID_PARAMETER {
		t.Errorf("%v (%d) means %v", err, err, outcome)
	}
}

func TestFreeTwicePanics(t *testing.T) {
	b, err := Alloc(1)
	if err != nil {
		t.Fatal(err)
	}
	Free(b)
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	Free(b)
}
