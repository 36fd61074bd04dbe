//go:build windows

package winsock

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// IsHandle is an error number for what is no handle of this process's.
func IsHandle(h windows.Handle) syscall.Errno {
	if h == windows.InvalidHandle { // which to many calls means the process itself
		return windows.ERROR_INVALID_HANDLE
	}
	var flags uint32
	r, _, errno := syscall.SyscallN(procHandleInformation.Addr(), uintptr(h), uintptr(unsafe.Pointer(&flags)))
	return denied(r, errno)
}

// isSocket tells a socket from another handle.
func isSocket(h windows.Handle) bool {
	_, errno := getInt(h, windows.SOL_SOCKET, soType)
	return errno != windows.WSAENOTSOCK
}

const soType = 0x1008 // SO_TYPE

// selectEvent makes an event that is set when there is something to read from
// the socket: bytes, a connection, the end or an error. A socket itself is
// signaled by whatever ends on it. It makes the socket one that does not wait.
func selectEvent(socket windows.Handle) (event windows.Handle, errno syscall.Errno) {
	const fdRead, fdAccept, fdClose = 1, 8, 32
	event, err := windows.CreateEvent(nil, 1, 0, nil)
	if err != nil {
		return 0, number(err)
	}
	r, _, errno := syscall.SyscallN(procEventSelect.Addr(), uintptr(socket), uintptr(event), fdRead|fdAccept|fdClose)
	if errno = failed(r, errno); errno != 0 {
		windows.CloseHandle(event)
		return 0, errno
	}
	return event, 0
}

// unselect undoes selectEvent.
func unselect(socket, event windows.Handle) {
	syscall.SyscallN(procEventSelect.Addr(), uintptr(socket), 0, 0)
	windows.CloseHandle(event)
}
