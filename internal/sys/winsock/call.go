//go:build windows

package winsock

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Recv receives into p, at least one byte long, without waiting: WSAEWOULDBLOCK
// says that there is nothing. n is 0 at the end of the stream.
func Recv(h windows.Handle, p []byte) (n int, errno syscall.Errno) {
	r, _, errno := syscall.SyscallN(calls.recv, uintptr(h), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), 0)
	if int32(r) < 0 {
		return 0, errnoOf(errno)
	}
	return int(r), 0
}

// RecvZero waits for something to read by a receive of no bytes, which pins no
// memory.
func RecvZero(h windows.Handle, ov *windows.Overlapped) syscall.Errno {
	var buf windows.WSABuf
	var n, flags uint32
	r, _, errno := syscall.SyscallN(calls.wsaRecv, uintptr(h), uintptr(unsafe.Pointer(&buf)), 1,
		uintptr(unsafe.Pointer(&n)), uintptr(unsafe.Pointer(&flags)), uintptr(unsafe.Pointer(ov)), 0)
	if r == 0 {
		return 0
	}
	return errnoOf(errno)
}

// Send sends bufs, 64 at most: some providers take no more than 1,024. The
// bytes stay borrowed until the packet comes, the slice of bufs does not.
func Send(h windows.Handle, bufs []windows.WSABuf, ov *windows.Overlapped) (n int, errno syscall.Errno) {
	var sent uint32
	r, _, errno := syscall.SyscallN(calls.wsaSend, uintptr(h), uintptr(unsafe.Pointer(unsafe.SliceData(bufs))), uintptr(len(bufs)),
		uintptr(unsafe.Pointer(&sent)), 0, uintptr(unsafe.Pointer(ov)), 0)
	if r == 0 {
		return int(sent), 0
	}
	return 0, errnoOf(errno)
}

// Cancel asks for the end of the operation that ov is. ERROR_NOT_FOUND says that
// its packet is on the way.
func Cancel(h windows.Handle, ov *windows.Overlapped) syscall.Errno {
	ok, _, errno := syscall.SyscallN(calls.cancelIoEx, uintptr(h), uintptr(unsafe.Pointer(ov)))
	if ok != 0 {
		return 0
	}
	return errnoOf(errno)
}

// Shutdown ends the sending half: a FIN follows what was sent before.
func Shutdown(h windows.Handle) syscall.Errno {
	return number(windows.Shutdown(h, windows.SHUT_WR))
}

// Close closes a socket. With abort a connected peer sees a reset. No operation
// may be pending: what becomes of it then differs, and its bytes may appear in
// another connection.
func Close(h windows.Handle, abort bool) error {
	if abort {
		// A listener has no use for it; then this fails and harms nothing.
		_ = windows.SetsockoptLinger(h, windows.SOL_SOCKET, windows.SO_LINGER, &windows.Linger{Onoff: 1})
	}
	err := windows.Closesocket(h)
	if err == windows.WSAEWOULDBLOCK {
		// The owner has set a linger, which a socket that does not block cannot
		// wait for: the system sends what is left in the background instead.
		_ = windows.SetsockoptLinger(h, windows.SOL_SOCKET, windows.SO_LINGER, &windows.Linger{})
		err = windows.Closesocket(h)
	}
	return err
}
