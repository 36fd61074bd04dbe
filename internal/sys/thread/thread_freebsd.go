//go:build freebsd

package thread

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// ID is the calling thread, thr_self(2).
func ID() uint64 {
	var id uintptr
	if _, _, errno := unix.RawSyscall(unix.SYS_THR_SELF, uintptr(unsafe.Pointer(&id)), 0, 0); errno != 0 {
		return 0
	}
	return uint64(id)
}
