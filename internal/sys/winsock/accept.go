//go:build windows

package winsock

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// addrBytes is room for one address as AcceptEx wants it: 16 bytes more than
// the largest of its family.
const addrBytes = 28 + 16

// AddrBytes is room for the two addresses of an AcceptEx.
const AddrBytes = 2 * addrBytes

// AcceptEx posts an accept: conn becomes the next connection to listener. It
// waits for no bytes, since a silent client would hold it up. addrs is
// AddrBytes long and borrowed until the packet comes.
func AcceptEx(listener, conn windows.Handle, addrs *byte, ov *windows.Overlapped) syscall.Errno {
	var n uint32
	ok, _, errno := syscall.SyscallN(calls.acceptEx, uintptr(listener), uintptr(conn), uintptr(unsafe.Pointer(addrs)),
		0, addrBytes, addrBytes, uintptr(unsafe.Pointer(&n)), uintptr(unsafe.Pointer(ov)))
	if ok&0xff != 0 { // a BOOL
		return 0
	}
	return errnoOf(errno)
}

// UpdateAccept makes an accepted socket one like others: it knows its ends, can
// be shut down and has the listener's options (SO_UPDATE_ACCEPT_CONTEXT).
func UpdateAccept(listener, conn windows.Handle) syscall.Errno {
	return number(windows.Setsockopt(conn, windows.SOL_SOCKET, windows.SO_UPDATE_ACCEPT_CONTEXT,
		(*byte)(unsafe.Pointer(&listener)), int32(unsafe.Sizeof(listener))))
}

// Verdict is what the error number of an accept means for the listener.
type Verdict uint8

// The verdicts.
const (
	AcceptOK     Verdict = iota // a connection
	AcceptDead                  // this connection died before it was accepted: take the next
	AcceptFull                  // out of handles or memory: later
	AcceptBroken                // the listener itself is of no use any more
)

// AcceptVerdict judges errno. A client that resets its connection before it is
// accepted gives 64 on Windows and 59 elsewhere; it is no reason to stop.
func AcceptVerdict(errno syscall.Errno) Verdict {
	switch errno {
	case 0:
		return AcceptOK
	case windows.ERROR_NETNAME_DELETED, windows.ERROR_UNEXP_NET_ERR, windows.ERROR_SEM_TIMEOUT,
		windows.ERROR_CONNECTION_ABORTED, windows.WSAECONNRESET, windows.WSAECONNABORTED, windows.WSAENOTCONN,
		windows.WSAETIMEDOUT, windows.ERROR_OPERATION_ABORTED, windows.ERROR_HOST_UNREACHABLE,
		windows.ERROR_NETWORK_UNREACHABLE, windows.WSAENETDOWN, windows.WSAEHOSTUNREACH, windows.WSAENETUNREACH:
		return AcceptDead
	case windows.WSAEMFILE, windows.WSAENOBUFS, windows.ERROR_NOT_ENOUGH_MEMORY, windows.ERROR_OUTOFMEMORY,
		windows.ERROR_TOO_MANY_OPEN_FILES, windows.ERROR_NO_SYSTEM_RESOURCES:
		return AcceptFull
	}
	return AcceptBroken
}
