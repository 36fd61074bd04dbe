//go:build linux

package epoll

import (
	"os"
	"runtime/debug"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/leak"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/port/porttest"
)

func TestMain(m *testing.M) { leak.Main(m) }

func TestContract(t *testing.T) {
	for name, opts := range map[string]port.PortOptions{
		"default":     {},
		"two buffers": {RecvBuffers: 2, RecvBufferBytes: 512},
	} {
		t.Run(name, func(t *testing.T) {
			porttest.Run(t, porttest.Config{
				New:          newDriver,
				Port:         opts,
				Unreachable:  mustAddr(t, "127.255.255.255:1"), // TCP knows no broadcast
				LimitHandles: limitHandles,
				Other:        newEvent,
				SmallDisk:    smallDisk,
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

func mustAddr(t *testing.T, text string) port.Addr {
	t.Helper()
	addr, err := port.ParseAddr(text)
	if err != nil {
		t.Fatal(err)
	}
	return addr
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
	lower.Cur = uint64(nthFree(t, n))
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &lower); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &old); err != nil {
			t.Fatal(err)
		}
	}
}

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

// newEvent makes an eventfd, which is a handle that is no socket.
func newEvent(t *testing.T, _ port.Driver) (port.Handle, func()) {
	t.Helper()
	fd, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	return port.Handle(fd), func() {
		if _, err := unix.Write(fd, []byte{7: 1}); err != nil {
			t.Error(err)
		}
	}
}

// smallDisk mounts one for the test, which takes privileges.
func smallDisk(t *testing.T, _ port.Driver) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("small", dir, "tmpfs", 0, "size=1m"); err != nil {
		if os.Geteuid() == 0 {
			t.Fatal(err)
		}
		t.Skipf("mounting a small disk: %v", err)
	}
	t.Cleanup(func() { // files there are closed later
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}
