//go:build windows

package winsock

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

// Recv receives into p, at least one byte long, what is there: WSAEWOULDBLOCK
// when that is nothing. n is 0 at the end of the stream.
func Recv(h windows.Handle, p []byte) (n int, errno syscall.Errno) {
	r, _, errno := syscall.SyscallN(procRecv.Addr(), uintptr(h), uintptr(unsafe.Pointer(unsafe.SliceData(p))),
		uintptr(int32(min(len(p), maxBytes))), 0)
	if errno = failed(r, errno); errno != 0 {
		return 0, errno
	}
	return int(int32(r)), 0
}

// RecvZero begins to receive no bytes, which is done when there is something to
// receive: bytes, the end or an error.
func RecvZero(h windows.Handle, ov *windows.Overlapped) syscall.Errno {
	var none windows.WSABuf
	var flags uint32
	r, _, errno := syscall.SyscallN(procWSARecv.Addr(), uintptr(h), uintptr(unsafe.Pointer(&none)), 1, 0,
		uintptr(unsafe.Pointer(&flags)), uintptr(unsafe.Pointer(ov)), 0)
	return failed(r, errno)
}

// Send begins to send bufs in order. The array may be used again when Send
// returns, what it refers to stays borrowed until the operation has ended. n is
// what was sent when the result is 0.
func Send(h windows.Handle, bufs []windows.WSABuf, ov *windows.Overlapped) (n int, errno syscall.Errno) {
	// Some kernels send a packet although the call fails when there are too many.
	invariant.Check(len(bufs) <= port.MaxGather, "a send of too many pieces")
	var sent uint32
	r, _, errno := syscall.SyscallN(procWSASend.Addr(), uintptr(h), uintptr(unsafe.Pointer(unsafe.SliceData(bufs))),
		uintptr(len(bufs)), uintptr(unsafe.Pointer(&sent)), 0, uintptr(unsafe.Pointer(ov)), 0)
	if errno = failed(r, errno); errno != 0 {
		return 0, errno
	}
	return int(sent), 0
}

// Cancel asks the operation of ov on h to end, all of them if ov is nil. Its
// packet still comes. ERROR_NOT_FOUND says that the end is on its way already.
func Cancel(h windows.Handle, ov *windows.Overlapped) syscall.Errno {
	r, _, errno := syscall.SyscallN(procCancelIoEx.Addr(), uintptr(h), uintptr(unsafe.Pointer(ov)))
	return denied(r, errno)
}

// Shutdown ends the sending half: a FIN follows what was sent before.
func Shutdown(h windows.Handle) syscall.Errno {
	r, _, errno := syscall.SyscallN(procShutdown.Addr(), uintptr(h), windows.SHUT_WR)
	return failed(r, errno)
}

// Close closes a socket. With abort a connected peer sees a reset. A linger time
// that its user set makes the close of a non-blocking socket fail where it would
// have to wait; then it closes without lingering.
func Close(h windows.Handle, abort bool) error {
	if abort {
		// A listener has no use for it; then this fails and harms nothing.
		_ = setLinger(h, 0)
	}
	errno := closeSocket(h)
	if errno == windows.WSAEWOULDBLOCK {
		_ = setLinger(h, -1)
		errno = closeSocket(h)
	}
	if errno != 0 {
		return errno
	}
	return nil
}

func closeSocket(h windows.Handle) syscall.Errno {
	r, _, errno := syscall.SyscallN(procCloseSocket.Addr(), uintptr(h))
	return failed(r, errno)
}

// CloseFile closes a handle that is no socket.
func CloseFile(h windows.Handle) error { return windows.CloseHandle(h) }

// bind gives h its own end.
func bind(h windows.Handle, to *RawAddr) syscall.Errno {
	r, _, errno := syscall.SyscallN(procBind.Addr(), uintptr(h), uintptr(unsafe.Pointer(&to.Any)), uintptr(to.Len))
	return failed(r, errno)
}

// name makes one of the two calls that fill in an address of h.
func name(call *windows.LazyProc, h windows.Handle, raw *RawAddr) syscall.Errno {
	raw.Clear()
	r, _, errno := syscall.SyscallN(call.Addr(), uintptr(h), uintptr(unsafe.Pointer(&raw.Any)),
		uintptr(unsafe.Pointer(&raw.Len)))
	return failed(r, errno)
}

// newStream makes a stream socket: overlapped, not inherited and non-blocking.
func newStream(family int32) (windows.Handle, syscall.Errno) {
	const flags = windows.WSA_FLAG_OVERLAPPED | windows.WSA_FLAG_NO_HANDLE_INHERIT
	r, _, errno := syscall.SyscallN(procWSASocket.Addr(), uintptr(family), windows.SOCK_STREAM, windows.IPPROTO_TCP,
		0, 0, flags)
	h := windows.Handle(r)
	if h == windows.InvalidHandle {
		return h, certain(errno)
	}
	if errno := setNonBlocking(h); errno != 0 {
		closeSocket(h)
		return windows.InvalidHandle, errno
	}
	return h, 0
}

func setNonBlocking(h windows.Handle) syscall.Errno {
	const fionbio = 0x8004667e
	on := uint32(1)
	r, _, errno := syscall.SyscallN(procIoctlSocket.Addr(), uintptr(h), fionbio, uintptr(unsafe.Pointer(&on)))
	return failed(r, errno)
}
