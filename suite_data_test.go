package raon_test

import (
	"bytes"
	"errors"
	"testing"
	"time"
)

// await waits for a channel to be closed.
func await(t *testing.T, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("%s: not within %v", what, patience)
	}
}

// pattern is n bytes that depend on their place, from place at on.
func pattern(at, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = patternByte(at + i)
	}
	return b
}

func patternByte(i int) byte { return byte(i*7 + i>>8*13 + i>>16*29) }

// checkPattern fails the test unless b is pattern(0, n).
func checkPattern(t *testing.T, b []byte, n int) {
	t.Helper()
	if len(b) != n {
		t.Fatalf("%d bytes, want %d", len(b), n)
	}
	if want := pattern(0, n); !bytes.Equal(b, want) {
		for i := range b {
			if b[i] != want[i] {
				t.Fatalf("byte %d of %d is %#x, want %#x", i, n, b[i], want[i])
			}
		}
	}
}

// mustBe fails the test unless err is want.
func mustBe(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s gave %v, want %v", what, err, want)
	}
}
