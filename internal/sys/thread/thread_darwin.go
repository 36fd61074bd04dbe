//go:build darwin

package thread

import "golang.org/x/sys/unix"

// ID is the calling thread, thread_selfid.
func ID() uint64 {
	id, _, errno := unix.Syscall(unix.SYS_THREAD_SELFID, 0, 0, 0)
	if errno != 0 {
		return 0
	}
	return uint64(id)
}
