//go:build windows

package iocp

import (
	"fmt"
	"testing"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/leak"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/port/porttest"
	"github.com/raon-engine/raon/internal/sys/winsock"
)

func TestMain(m *testing.M) { leak.Main(m) }

// TestContract runs the suite twice: as the driver comes, and with so little of
// everything that it runs out. The second posts one accept at a time, since
// those posted ahead have their handles already and do not run out.
//
// Threads of the runtime have handles too, most of which the first run makes;
// what the second adds is far less than the thousand sockets and files it opens.
func TestContract(t *testing.T) {
	const slack = 40
	t.Run("default", func(t *testing.T) {
		porttest.Run(t, config(port.PortOptions{}))
	})
	before := handles(t)
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
	after := handles(t)
	t.Logf("%d handles, then %d", before, after)
	if before == 0 || after > before+slack {
		t.Errorf("%d handles after the second run, %d after the first", after, before)
	}
}

func config(opts port.PortOptions) porttest.Config {
	return porttest.Config{New: newDriver, Port: opts, Other: newEvent, Check: checkRecords}
}

// checkRecords fails when memory that the kernel was to write to is left.
func checkRecords() error {
	if n := winsock.Allocated(); n != 0 {
		return fmt.Errorf("%d blocks of records were not freed", n)
	}
	return nil
}

// handles is how many handles this process has, by the system's own list
// (SystemHandleInformation).
func handles(t *testing.T) (n int) {
	t.Helper()
	type entry struct {
		process uint32
		_       [20]byte
	}
	const class, most = 16, 64 << 20
	list := make([]uint64, 1<<16)
	for {
		var used uint32
		err := windows.NtQuerySystemInformation(class, unsafe.Pointer(&list[0]), uint32(len(list)*8), &used)
		if err == nil {
			break
		}
		if err != windows.STATUS_INFO_LENGTH_MISMATCH || len(list)*8 > most {
			t.Fatal(err)
		}
		list = make([]uint64, 2*len(list))
	}
	count := *(*uint32)(unsafe.Pointer(&list[0]))
	for _, e := range unsafe.Slice((*entry)(unsafe.Pointer(&list[1])), count) {
		if e.process == windows.GetCurrentProcessId() {
			n++
		}
	}
	return n
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
