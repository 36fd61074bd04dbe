//go:build linux

package uring

import (
	"net/netip"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/port/porttest"
)

// TestContract holds the driver to the contract, with ports of the default
// size, of the smallest, and with only the queues small.
func TestContract(t *testing.T) {
	for _, size := range []struct {
		name string
		port port.PortOptions
	}{
		{"default", port.PortOptions{}},
		{"smallest", port.PortOptions{SubmitEntries: 2, CompleteEntries: 4, RecvBuffers: 2, RecvBufferBytes: 512}},
		{"small queues", port.PortOptions{SubmitEntries: 4, CompleteEntries: 4}},
	} {
		t.Run(size.name, func(t *testing.T) { porttest.Run(t, contract(t, size.port)) })
	}
}

func contract(t *testing.T, opts port.PortOptions) porttest.Config {
	return porttest.Config{
		New:          newDriver,
		Port:         opts,
		Unreachable:  noRoute,
		LimitHandles: limitHandles,
		Other:        newEventfd,
		SmallDisk:    smallDisk,
	}
}

// noRoute is a broadcast address, which TCP cannot connect to.
var noRoute = port.Addr{IP: netip.MustParseAddrPort("127.255.255.255:1")}

func newDriver(t *testing.T) port.Driver {
	t.Helper()
	d, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// limitHandles uses descriptors up until n are left. Lowering the limit instead
// would not reach an Accept that is armed: the kernel reads it when it takes the
// entry.
func limitHandles(t *testing.T, n int) (restore func()) {
	t.Helper()
	var used []int
	for {
		fd, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 0)
		if err == unix.EMFILE {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		used = append(used, fd)
	}
	free := func(fds []int) {
		for _, fd := range fds {
			unix.Close(fd)
		}
	}
	free(used[:n])
	return func() { free(used[n:]) }
}

func newEventfd(t *testing.T, _ port.Driver) (h port.Handle, ready func()) {
	t.Helper()
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	return port.Handle(fd), func() {
		if _, err := unix.Write(fd, []byte{1, 0, 0, 0, 0, 0, 0, 0}); err != nil {
			t.Error(err)
		}
	}
}

// smallDisk mounts one, which takes privileges.
func smallDisk(t *testing.T, _ port.Driver) (dir string) {
	t.Helper()
	dir = t.TempDir()
	err := unix.Mount("small", dir, "tmpfs", 0, "size=1m")
	if err == unix.EPERM && os.Geteuid() != 0 {
		t.Skipf("mounting a small disk: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // before the port is closed, and with it the files there
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}
