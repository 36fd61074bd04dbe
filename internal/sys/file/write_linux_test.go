//go:build linux

package file

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestWriteReportsWhatWasTaken(t *testing.T) {
	fd, err := unix.Open("/dev/full", unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if n, err := new(Writer).Write(fd, slices("x"), 0); n != 0 || err != unix.ENOSPC {
		t.Errorf("writing to a full disk: %d, %v", n, err)
	}
}
