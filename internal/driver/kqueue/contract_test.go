//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package kqueue

import (
	"runtime/debug"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/port/porttest"
)

func TestContract(t *testing.T) {
	for name, opts := range map[string]port.PortOptions{
		"default":     {},
		"two buffers": {RecvBuffers: 2, RecvBufferBytes: 512},
	} {
		t.Run(name, func(t *testing.T) {
			porttest.Run(t, porttest.Config{
				New:          newDriver,
				Port:         opts,
				LimitHandles: limitHandles,
				Other:        newPipe,
			})
		})
	}
}

func newDriver(t *testing.T) port.Driver {
	t.Helper()
	d, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// limitHandles lowers the limit of descriptors to the n lowest that are free.
func limitHandles(t *testing.T, n int) (restore func()) {
	t.Helper()
	debug.FreeOSMemory() // finalizers would free descriptors in between
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &old); err != nil {
		t.Fatal(err)
	}
	lower := old
	set(&lower.Cur, nthFree(t, n))
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &lower); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &old); err != nil {
			t.Fatal(err)
		}
	}
}

// set assigns to a limit, whose type differs.
func set[T int64 | uint64](limit *T, n int) { *limit = T(n) }

// nthFree is the descriptor that would be opened after n others.
func nthFree(t *testing.T, n int) (fd int) {
	t.Helper()
	for range n + 1 {
		var err error
		if fd, err = unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 0); err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
	}
	return fd
}

// newPipe makes a pipe, whose reading end is a handle that is no socket.
func newPipe(t *testing.T, _ port.Driver) (port.Handle, func()) {
	t.Helper()
	var fds [2]int
	if err := unix.Pipe(fds[:]); err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		unix.CloseOnExec(fd)
	}
	t.Cleanup(func() { _ = unix.Close(fds[1]) })
	return port.Handle(fds[0]), func() {
		if _, err := unix.Write(fds[1], []byte{1}); err != nil {
			t.Error(err)
		}
	}
}
