//go:build linux

package epoll

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// wait is epoll_pwait2(2), or where it is missing or forbidden epoll_pwait(2),
// which counts in milliseconds. Only a call that may sleep tells the scheduler.
func (q *queue) wait(events []unix.EpollEvent, wait time.Duration) (int, unix.Errno) {
	if !q.coarse {
		n, errno := q.waitPrecise(events, wait)
		if errno != unix.ENOSYS && errno != unix.EPERM {
			return n, errno
		}
		q.coarse = true
	}
	return q.waitCoarse(events, wait)
}

func (q *queue) waitPrecise(events []unix.EpollEvent, wait time.Duration) (int, unix.Errno) {
	limit := unix.NsecToTimespec(int64(max(wait, 0)))
	until := &limit
	if wait < 0 {
		until = nil
	}
	if wait == 0 {
		return count(unix.RawSyscall6(unix.SYS_EPOLL_PWAIT2, uintptr(q.epoll), uintptr(unsafe.Pointer(&events[0])),
			uintptr(len(events)), uintptr(unsafe.Pointer(until)), 0, 0))
	}
	return count(unix.Syscall6(unix.SYS_EPOLL_PWAIT2, uintptr(q.epoll), uintptr(unsafe.Pointer(&events[0])),
		uintptr(len(events)), uintptr(unsafe.Pointer(until)), 0, 0))
}

func (q *queue) waitCoarse(events []unix.EpollEvent, wait time.Duration) (int, unix.Errno) {
	if wait == 0 {
		return count(unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(q.epoll), uintptr(unsafe.Pointer(&events[0])),
			uintptr(len(events)), 0, 0, 0))
	}
	return count(unix.Syscall6(unix.SYS_EPOLL_PWAIT, uintptr(q.epoll), uintptr(unsafe.Pointer(&events[0])),
		uintptr(len(events)), milliseconds(wait), 0, 0))
}

// milliseconds rounds up, so that a port does not wake before its time and
// spin; negative is no limit.
func milliseconds(wait time.Duration) uintptr {
	if wait < 0 {
		return ^uintptr(0)
	}
	const most = 1<<31 - 1
	return uintptr(min((wait-1)/time.Millisecond+1, most))
}

func count(n, _ uintptr, errno unix.Errno) (int, unix.Errno) {
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}
