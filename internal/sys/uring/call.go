//go:build linux

package uring

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// setup makes a ring and fills in what the kernel chose, io_uring_setup(2).
func setup(entries uint32, p *params) (fd int, errno unix.Errno) {
	r, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, uintptr(entries), uintptr(unsafe.Pointer(p)), 0)
	return int(r), errno
}

// register makes one call of io_uring_register(2).
func register(fd int, op uintptr, arg unsafe.Pointer, count uintptr) unix.Errno {
	_, _, errno := unix.Syscall6(unix.SYS_IO_URING_REGISTER, uintptr(fd), op, uintptr(arg), count, 0, 0)
	return errno
}

// enter makes one call of io_uring_enter(2) that the scheduler is told about:
// it may take long.
func enter(fd, submit, complete, flags uintptr, arg unsafe.Pointer, size uintptr) unix.Errno {
	_, _, errno := unix.Syscall6(unix.SYS_IO_URING_ENTER, fd, submit, complete, flags, uintptr(arg), size)
	return errno
}

// enterRaw is enter without a wait and without telling the scheduler: for the
// time of the call the garbage collector cannot stop this thread.
func enterRaw(fd, submit, flags uintptr) unix.Errno {
	_, _, errno := unix.RawSyscall6(unix.SYS_IO_URING_ENTER, fd, submit, 0, flags, 0, 0)
	return errno
}
