//go:build windows

package winsock

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// ConnectEx begins to connect h. It wants a socket that is bound, so that h is
// bound to the wildcard of to's family unless it is already. to may be used
// again when ConnectEx returns.
func ConnectEx(h windows.Handle, to *RawAddr, ov *windows.Overlapped) syscall.Errno {
	var own RawAddr
	own.wildcard(to.Any.Addr.Family)
	if errno := bind(h, &own); errno != 0 && errno != windows.WSAEINVAL {
		return errno
	}
	r, _, errno := syscall.SyscallN(extensions.connectEx, uintptr(h), uintptr(unsafe.Pointer(&to.Any)), uintptr(to.Len),
		0, 0, 0, uintptr(unsafe.Pointer(ov)))
	return denied(r, errno)
}

// UpdateConnect makes a connected socket a full one, which knows its ends and
// can be shut down.
func UpdateConnect(h windows.Handle) syscall.Errno {
	return setBytes(h, windows.SOL_SOCKET, windows.SO_UPDATE_CONNECT_CONTEXT, nil, 0)
}
