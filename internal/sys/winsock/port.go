//go:build windows

package winsock

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Entry is OVERLAPPED_ENTRY, one packet of a completion port.
type Entry struct {
	Key        uintptr
	Overlapped *windows.Overlapped
	Internal   uintptr
	Bytes      uint32
}

// NewPort makes a completion port that one thread waits on.
func NewPort() (windows.Handle, error) {
	return windows.CreateIoCompletionPort(windows.InvalidHandle, 0, 0, 1)
}

// Associate has the completions of h come to iocp, each with key. A handle is
// associated once for its life, unless Disassociate works.
func Associate(iocp, h windows.Handle, key uintptr) syscall.Errno {
	_, err := windows.CreateIoCompletionPort(h, iocp, key, 0)
	return number(err)
}

// SkipOnSuccess makes calls on h that succeed at once send no packet, and set
// no event.
func SkipOnSuccess(h windows.Handle) syscall.Errno {
	const flags = windows.FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | windows.FILE_SKIP_SET_EVENT_ON_HANDLE
	return number(windows.SetFileCompletionNotificationModes(h, flags))
}

// Disassociate undoes Associate, where the system can: since Windows 8.1.
func Disassociate(h windows.Handle) syscall.Errno {
	var none struct { // FILE_COMPLETION_INFORMATION of no port
		port windows.Handle
		key  uintptr
	}
	var block windows.IO_STATUS_BLOCK
	err := windows.NtSetInformationFile(h, &block, (*byte)(unsafe.Pointer(&none)),
		uint32(unsafe.Sizeof(none)), windows.FileReplaceCompletionInformation)
	if status, bad := err.(windows.NTStatus); bad {
		return certain(status.Errno())
	}
	return number(err)
}

// Dequeue takes packets from iocp, waiting up to timeoutMs for the first. No
// packet in time is (0, 0). The system's count means nothing when the call
// fails.
func Dequeue(iocp windows.Handle, entries []Entry, timeoutMs uint32) (n int, errno syscall.Errno) {
	var count uint32
	r, _, errno := syscall.SyscallN(procDequeue.Addr(), uintptr(iocp), uintptr(unsafe.Pointer(unsafe.SliceData(entries))),
		uintptr(len(entries)), uintptr(unsafe.Pointer(&count)), uintptr(timeoutMs), 0)
	switch errno = denied(r, errno); errno {
	case 0:
		return int(count), 0
	case syscall.Errno(windows.WAIT_TIMEOUT):
		return 0, 0
	}
	return 0, errno
}

// Post puts a packet of no bytes into iocp. Any thread.
func Post(iocp windows.Handle, key uintptr, ov *windows.Overlapped) syscall.Errno {
	r, _, errno := syscall.SyscallN(procPost.Addr(), uintptr(iocp), 0, key, uintptr(unsafe.Pointer(ov)))
	return denied(r, errno)
}

// number is the error number in what a call of package windows returned.
func number(err error) syscall.Errno {
	if err == nil {
		return 0
	}
	if errno, ok := err.(syscall.Errno); ok {
		return certain(errno)
	}
	return syscall.EINVAL
}
