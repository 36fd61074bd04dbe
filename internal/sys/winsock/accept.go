//go:build windows

package winsock

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// addrBytes is what AcceptEx wants for one address: 16 bytes more than the
// longest, which is that of IPv6.
const addrBytes = int(unsafe.Sizeof(windows.RawSockaddrInet6{})) + 16

// AddrBytes is the room that AcceptEx wants for its two addresses.
const AddrBytes = 2 * addrBytes

// AcceptEx begins to accept a connection into the socket conn, which must be
// fresh and of the listener's family. It wants no data, so that a silent client
// holds up nothing. The kernel writes to addrs, AddrBytes long.
func AcceptEx(listener, conn windows.Handle, addrs *byte, ov *windows.Overlapped) syscall.Errno {
	var received uint32
	r, _, errno := syscall.SyscallN(extensions.acceptEx, uintptr(listener), uintptr(conn), uintptr(unsafe.Pointer(addrs)),
		0, uintptr(addrBytes), uintptr(addrBytes), uintptr(unsafe.Pointer(&received)), uintptr(unsafe.Pointer(ov)))
	return denied(r, errno)
}

// UpdateAccept makes an accepted socket a full one, which knows its ends, can be
// shut down and has the options of its listener.
func UpdateAccept(listener, conn windows.Handle) syscall.Errno {
	return setBytes(conn, windows.SOL_SOCKET, windows.SO_UPDATE_ACCEPT_CONTEXT,
		unsafe.Pointer(&listener), unsafe.Sizeof(listener))
}

// NewAcceptSocket makes a socket that AcceptEx can give a connection of
// listener to.
func NewAcceptSocket(listener windows.Handle) (windows.Handle, syscall.Errno) {
	var local RawAddr
	if errno := name(procGetSockName, listener, &local); errno != 0 {
		return windows.InvalidHandle, errno
	}
	return newStream(int32(local.Any.Addr.Family))
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

// AcceptVerdict judges errno. AcceptEx fails with the error of the connection
// that it was to give, which is no reason to stop. An accept that was canceled
// has AcceptBroken: who canceled knows better.
func AcceptVerdict(errno syscall.Errno) Verdict {
	switch errno {
	case 0:
		return AcceptOK
	case windows.ERROR_UNEXP_NET_ERR, windows.ERROR_NETNAME_DELETED, windows.ERROR_SEM_TIMEOUT,
		windows.ERROR_CONNECTION_REFUSED, windows.ERROR_GRACEFUL_DISCONNECT, windows.ERROR_CONNECTION_INVALID,
		windows.ERROR_CONNECTION_ABORTED, windows.ERROR_NETWORK_UNREACHABLE, windows.ERROR_HOST_UNREACHABLE,
		windows.WSAECONNABORTED, windows.WSAECONNRESET, windows.WSAENETRESET, windows.WSAENOTCONN,
		windows.WSAETIMEDOUT, windows.WSAECONNREFUSED, windows.WSAENETUNREACH, windows.WSAEHOSTUNREACH:
		return AcceptDead
	case windows.ERROR_TOO_MANY_OPEN_FILES, windows.ERROR_NOT_ENOUGH_MEMORY, windows.ERROR_OUTOFMEMORY,
		windows.ERROR_NO_SYSTEM_RESOURCES, windows.ERROR_WORKING_SET_QUOTA, windows.ERROR_COMMITMENT_LIMIT,
		windows.WSAEMFILE, windows.WSAENOBUFS:
		return AcceptFull
	}
	return AcceptBroken
}
