//go:build windows

package iocp

import (
	"testing"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/leak"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/port/porttest"
)

func TestMain(m *testing.M) { leak.Main(m) }

// TestContract runs the suite twice: as the driver comes, and with so little of
// everything that it runs out. The second posts one accept at a time, since
// those posted ahead have their handles already and do not run out.
func TestContract(t *testing.T) {
	t.Run("default", func(t *testing.T) {
		porttest.Run(t, config(port.PortOptions{}))
	})
	t.Run("two buffers", func(t *testing.T) {
		cfg := config(port.PortOptions{RecvBuffers: 2, RecvBufferBytes: 512, PostedAccepts: 1})
		var made *Driver
		cfg.New = func(t *testing.T) port.Driver {
			d := newDriver(t).(Driver)
			made = &d
			return d
		}
		cfg.LimitHandles = func(_ *testing.T, n int) (restore func()) {
			made.LimitHandles(n - 1) // the accept that is posted has one
			return made.UnlimitHandles
		}
		porttest.Run(t, cfg)
	})
}

func config(opts port.PortOptions) porttest.Config {
	return porttest.Config{New: newDriver, Port: opts, Other: newEvent}
}

func newDriver(t *testing.T) port.Driver {
	t.Helper()
	d, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// newEvent makes an event object, which is a handle that is no socket.
func newEvent(t *testing.T, _ port.Driver) (port.Handle, func()) {
	t.Helper()
	const manualReset = 1
	h, err := windows.CreateEvent(nil, manualReset, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	return port.Handle(h), func() {
		if err := windows.SetEvent(h); err != nil {
			t.Error(err)
		}
	}
}
