//go:build windows

package winsock

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Entry is one packet, OVERLAPPED_ENTRY.
type Entry struct {
	Key        uintptr
	Overlapped *windows.Overlapped
	Internal   uintptr // the NTSTATUS, which Status reads from the OVERLAPPED
	Bytes      uint32
}

// NewPort makes a completion port for one thread.
func NewPort() (windows.Handle, error) {
	if err := load(); err != nil {
		return 0, err
	}
	return windows.CreateIoCompletionPort(windows.InvalidHandle, 0, 0, 1)
}

// Associate has the completions of h come to the port, with key, for the life
// of h.
func Associate(port, h windows.Handle, key uintptr) syscall.Errno {
	_, err := windows.CreateIoCompletionPort(h, port, key, 0)
	return number(err)
}

// SkipOnSuccess has what is done at once make no packet, and no event be set.
func SkipOnSuccess(h windows.Handle) syscall.Errno {
	return number(windows.SetFileCompletionNotificationModes(h,
		windows.FILE_SKIP_COMPLETION_PORT_ON_SUCCESS|windows.FILE_SKIP_SET_EVENT_ON_HANDLE))
}

var ntSetInformationFile = ntdll.NewProc("NtSetInformationFile")

// Disassociate undoes Associate, which Windows can since 8.1
// (FileReplaceCompletionInformation) and others may not.
func Disassociate(h windows.Handle) syscall.Errno {
	const replaceCompletion = 61
	var status windows.IO_STATUS_BLOCK
	var none struct{ port, key uintptr }
	if ntSetInformationFile.Find() != nil {
		return windows.ERROR_NOT_SUPPORTED
	}
	r, _, _ := syscall.SyscallN(ntSetInformationFile.Addr(), uintptr(h), uintptr(unsafe.Pointer(&status)),
		uintptr(unsafe.Pointer(&none)), unsafe.Sizeof(none), replaceCompletion)
	return fromStatus(windows.NTStatus(r))
}

// Dequeue takes packets, waiting up to timeoutMs for the first. No packet in
// time is n == 0 without an error number. What the call says of their count when
// it fails means nothing.
func Dequeue(port windows.Handle, entries []Entry, timeoutMs uint32) (n int, errno syscall.Errno) {
	var count uint32
	ok, _, errno := syscall.SyscallN(calls.getQueuedCompletionStatusEx, uintptr(port),
		uintptr(unsafe.Pointer(unsafe.SliceData(entries))), uintptr(len(entries)),
		uintptr(unsafe.Pointer(&count)), uintptr(timeoutMs), 0)
	switch {
	case ok != 0:
		return int(count), 0
	case errno == syscall.Errno(windows.WAIT_TIMEOUT):
		return 0, 0
	}
	return 0, errnoOf(errno)
}

// Post puts a packet into the port's queue. Any thread.
func Post(port windows.Handle, key uintptr, ov *windows.Overlapped) syscall.Errno {
	ok, _, errno := syscall.SyscallN(calls.postQueuedCompletionStatus, uintptr(port), 0, key, uintptr(unsafe.Pointer(ov)))
	if ok != 0 {
		return 0
	}
	return errnoOf(errno)
}

// number is the error number that err is.
func number(err error) syscall.Errno {
	switch err := err.(type) {
	case nil:
		return 0
	case syscall.Errno:
		return err
	}
	return windows.ERROR_INVALID_FUNCTION
}
