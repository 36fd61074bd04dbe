//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package kqueue

import (
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
			porttest.Run(t, porttest.Config{New: newDriver, Port: opts, Other: newPipe})
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

// newPipe makes a pipe, which is a handle that is no socket.
func newPipe(t *testing.T, _ port.Driver) (port.Handle, func()) {
	t.Helper()
	var ends [2]int
	if err := unix.Pipe(ends[:]); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(ends[1]) })
	return port.Handle(ends[0]), func() {
		if _, err := unix.Write(ends[1], []byte{1}); err != nil {
			t.Error(err)
		}
	}
}
