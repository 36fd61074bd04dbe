//go:build linux

package uring

import (
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/leak"
)

// testHandles is how many descriptors the tests may have, so that running out
// of them does not take a million.
const testHandles = 4096

func TestMain(m *testing.M) {
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: testHandles, Max: testHandles}); err != nil {
		panic(err)
	}
	leak.Main(m)
}
