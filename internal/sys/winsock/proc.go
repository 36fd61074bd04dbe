//go:build windows

package winsock

import (
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Pending says that an operation goes on and that a packet will tell of its
// end: ERROR_IO_PENDING, WSA_IO_PENDING.
const Pending = syscall.Errno(windows.ERROR_IO_PENDING)

var (
	kernel32 = windows.NewLazySystemDLL("kernel32.dll")
	ntdll    = windows.NewLazySystemDLL("ntdll.dll")
	ws2      = windows.NewLazySystemDLL("ws2_32.dll")
)

// calls are the addresses of the calls of the I/O path. They are the system's
// for all processes, so that they are asked for once.
var calls struct {
	getQueuedCompletionStatusEx, postQueuedCompletionStatus, cancelIoEx uintptr
	recv, wsaRecv, wsaSend, wsaIoctl                                    uintptr
	acceptEx, connectEx                                                 uintptr
	queryPerformanceCounter                                             uintptr
}

// load finds all calls, and starts the sockets of this process.
var load = sync.OnceValue(func() error {
	var data windows.WSAData
	if err := windows.WSAStartup(0x202, &data); err != nil {
		return err
	}
	for _, c := range []struct {
		in   *windows.LazyDLL
		name string
		at   *uintptr
	}{
		{kernel32, "GetQueuedCompletionStatusEx", &calls.getQueuedCompletionStatusEx},
		{kernel32, "PostQueuedCompletionStatus", &calls.postQueuedCompletionStatus},
		{kernel32, "CancelIoEx", &calls.cancelIoEx},
		{kernel32, "QueryPerformanceCounter", &calls.queryPerformanceCounter},
		{ws2, "recv", &calls.recv},
		{ws2, "WSARecv", &calls.wsaRecv},
		{ws2, "WSASend", &calls.wsaSend},
		{ws2, "WSAIoctl", &calls.wsaIoctl},
	} {
		proc := c.in.NewProc(c.name)
		if err := proc.Find(); err != nil {
			return err
		}
		*c.at = proc.Addr()
	}
	return loadExtensions()
})

// loadExtensions asks a socket for the calls that only its provider has.
func loadExtensions() error {
	h, err := newSocket(windows.AF_INET)
	if err != nil {
		return err
	}
	defer windows.Closesocket(h)
	for _, c := range []struct {
		id windows.GUID
		at *uintptr
	}{
		{windows.WSAID_CONNECTEX, &calls.connectEx},
		{windows.GUID{Data1: 0xb5367df1, Data2: 0xcbac, Data3: 0x11cf,
			Data4: [8]byte{0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}}, &calls.acceptEx}, // WSAID_ACCEPTEX
	} {
		var n uint32
		if err := windows.WSAIoctl(h, windows.SIO_GET_EXTENSION_FUNCTION_POINTER,
			(*byte)(unsafe.Pointer(&c.id)), uint32(unsafe.Sizeof(c.id)),
			(*byte)(unsafe.Pointer(c.at)), uint32(unsafe.Sizeof(*c.at)), &n, nil, 0); err != nil {
			return err
		}
	}
	return nil
}

// errnoOf is the error number of a call that has failed.
func errnoOf(errno syscall.Errno) syscall.Errno {
	if errno == 0 {
		return windows.ERROR_INVALID_FUNCTION // failed, and did not say why
	}
	return errno
}
