//go:build windows

package winsock

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// ConnectEx begins to connect h, which it gives an address of its own first: the
// call wants a socket that is bound.
func ConnectEx(h windows.Handle, to *RawAddr, ov *windows.Overlapped) syscall.Errno {
	if errno := bindAny(h, to.family()); errno != 0 {
		return errno
	}
	ok, _, errno := syscall.SyscallN(calls.connectEx, uintptr(h), uintptr(unsafe.Pointer(&to.any)), uintptr(to.len),
		0, 0, 0, uintptr(unsafe.Pointer(ov)))
	if ok&0xff != 0 { // a BOOL
		return 0
	}
	return errnoOf(errno)
}

// bindAny gives h the wildcard address and a port of the system's choice. One
// that is bound already keeps what it has.
func bindAny(h windows.Handle, family uint16) syscall.Errno {
	var to windows.Sockaddr = &windows.SockaddrInet4{}
	if family == windows.AF_INET6 {
		to = &windows.SockaddrInet6{}
	}
	if errno := number(windows.Bind(h, to)); errno != windows.WSAEINVAL {
		return errno
	}
	return 0
}

// UpdateConnect makes a connected socket one like others: it knows its ends and
// can be shut down (SO_UPDATE_CONNECT_CONTEXT).
func UpdateConnect(h windows.Handle) syscall.Errno {
	return number(windows.Setsockopt(h, windows.SOL_SOCKET, windows.SO_UPDATE_CONNECT_CONTEXT, nil, 0))
}
