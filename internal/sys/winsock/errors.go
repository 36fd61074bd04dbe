//go:build windows

package winsock

import (
	"errors"
	"syscall"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

// handlesClosed is how some kernels end an operation whose handle was closed.
const handlesClosed = syscall.Errno(676) // ERROR_HANDLES_CLOSED

// outcomes says what each error number means to a caller. What is not listed is
// port.ErrFailed. A number means one thing whether a call or a packet gave it,
// with one exception that a driver knows of: what was canceled by ourselves,
// see Canceled.
var outcomes = map[syscall.Errno]error{
	windows.ERROR_INVALID_HANDLE:     port.ErrClosed,
	windows.ERROR_ABANDONED_WAIT_0:   port.ErrClosed, // 735: the port was closed under a waiter
	windows.WSAENOTSOCK:              port.ErrClosed,
	windows.WSAENOTCONN:              port.ErrClosed,
	windows.WSAESHUTDOWN:             port.ErrClosed,
	handlesClosed:                    port.ErrClosed,
	windows.ERROR_OPERATION_ABORTED:  port.ErrCanceled, // 995
	windows.ERROR_CANCELLED:          port.ErrCanceled,
	windows.ERROR_CONNECTION_REFUSED: port.ErrRefused, // 1225
	windows.WSAECONNREFUSED:          port.ErrRefused,
	windows.ERROR_PORT_UNREACHABLE:   port.ErrRefused, // 1234: nobody has the UDP port
	windows.ERROR_NETNAME_DELETED:    port.ErrReset,   // 64
	windows.ERROR_UNEXP_NET_ERR:      port.ErrReset,   // 59
	windows.ERROR_BROKEN_PIPE:        port.ErrReset,
	windows.ERROR_NO_DATA:            port.ErrReset,
	windows.WSAECONNRESET:            port.ErrReset,
	windows.WSAENETRESET:             port.ErrReset,
	windows.ERROR_CONNECTION_ABORTED: port.ErrAborted, // 1236
	windows.WSAECONNABORTED:          port.ErrAborted,
	windows.ERROR_SEM_TIMEOUT:        port.ErrTimeout, // 121: as slow retransmissions end
	windows.WAIT_TIMEOUT:             port.ErrTimeout, // 258
	windows.ERROR_TIMEOUT:            port.ErrTimeout,
	windows.WSAETIMEDOUT:             port.ErrTimeout,

	windows.ERROR_NETWORK_UNREACHABLE:  port.ErrUnreachable, // 1231
	windows.ERROR_HOST_UNREACHABLE:     port.ErrUnreachable,
	windows.ERROR_PROTOCOL_UNREACHABLE: port.ErrUnreachable,
	windows.WSAENETDOWN:                port.ErrUnreachable,
	windows.WSAENETUNREACH:             port.ErrUnreachable,
	windows.WSAEHOSTDOWN:               port.ErrUnreachable,
	windows.WSAEHOSTUNREACH:            port.ErrUnreachable,

	windows.WSAENOBUFS:                port.ErrNoBuffers,
	windows.WSAEWOULDBLOCK:            port.ErrNoBuffers, // of an overlapped call: too many are pending
	windows.ERROR_NOT_ENOUGH_MEMORY:   port.ErrNoBuffers,
	windows.ERROR_OUTOFMEMORY:         port.ErrNoBuffers,
	windows.ERROR_NO_SYSTEM_RESOURCES: port.ErrNoBuffers,
	windows.ERROR_WORKING_SET_QUOTA:   port.ErrNoBuffers,
	windows.ERROR_NOT_ENOUGH_QUOTA:    port.ErrNoBuffers,
	windows.WSAEMFILE:                 port.ErrTooManyFiles,
	windows.ERROR_TOO_MANY_OPEN_FILES: port.ErrTooManyFiles,

	windows.WSAEADDRINUSE:           port.ErrAddrInUse,
	windows.WSAEADDRNOTAVAIL:        port.ErrBadAddr,
	windows.ERROR_ACCESS_DENIED:     port.ErrPermission,
	windows.ERROR_WRITE_PROTECT:     port.ErrPermission,
	windows.ERROR_SHARING_VIOLATION: port.ErrPermission,
	windows.ERROR_LOCK_VIOLATION:    port.ErrPermission,
	windows.WSAEACCES:               port.ErrPermission,
	windows.ERROR_DISK_FULL:         port.ErrNoSpace,
	windows.ERROR_HANDLE_DISK_FULL:  port.ErrNoSpace,

	windows.ERROR_INVALID_FUNCTION:     port.ErrNotSupported,
	windows.ERROR_NOT_SUPPORTED:        port.ErrNotSupported,
	windows.ERROR_CALL_NOT_IMPLEMENTED: port.ErrNotSupported,
	windows.WSAENOPROTOOPT:             port.ErrNotSupported,
	windows.WSAEPROTONOSUPPORT:         port.ErrNotSupported,
	windows.WSAESOCKTNOSUPPORT:         port.ErrNotSupported,
	windows.WSAEOPNOTSUPP:              port.ErrNotSupported,
	windows.WSAEPFNOSUPPORT:            port.ErrNotSupported,
	windows.WSAEAFNOSUPPORT:            port.ErrNotSupported,
}

// Outcome is the meaning of one error number, never nil.
func Outcome(errno syscall.Errno) error {
	if outcome := outcomes[errno]; outcome != nil {
		return outcome
	}
	return port.ErrFailed
}

// Canceled tells whether an operation that this process canceled, or whose
// handle it closed, ends with errno. For any other operation 64 is a reset by
// the peer.
func Canceled(errno syscall.Errno) bool {
	switch errno {
	case windows.ERROR_OPERATION_ABORTED, windows.ERROR_NETNAME_DELETED, windows.ERROR_CONNECTION_ABORTED, handlesClosed:
		return true
	}
	return false
}

// Error dresses a system error as a *port.Error. A nil err stays nil and a
// *port.Error stays as it is. op is the call or operation, detail what it was
// about; detail may be empty.
func Error(driver, op, detail string, err error) error {
	if err == nil {
		return nil
	}
	var done *port.Error
	if errors.As(err, &done) {
		return err
	}
	outcome := port.ErrFailed
	var errno syscall.Errno
	if errors.As(err, &errno) {
		outcome, err = Outcome(errno), errno
	}
	return &port.Error{Op: op, Driver: driver, Outcome: outcome, Cause: err, Detail: detail}
}

// ConnectError is Error for an OpConnect. An address that cannot be connected to
// at all, such as a broadcast, is told of as one that may not be.
func ConnectError(driver, detail string, errno syscall.Errno) error {
	return Error(driver, port.OpConnect.String(), detail, errno)
}

// Status is the error number that an operation ended with, decoded from what the
// kernel left in its OVERLAPPED; 0 is success. Asking the socket instead would
// fail when its handle is gone.
func Status(ov *windows.Overlapped) syscall.Errno {
	return fromStatus(windows.NTStatus(ov.Internal))
}

// fromStatus is the error number for an NTSTATUS. The common ones need no call.
func fromStatus(status windows.NTStatus) syscall.Errno {
	switch status {
	case windows.STATUS_SUCCESS:
		return 0
	case windows.STATUS_CANCELLED:
		return windows.ERROR_OPERATION_ABORTED
	case windows.STATUS_CONNECTION_RESET:
		return windows.ERROR_NETNAME_DELETED
	case windows.STATUS_END_OF_FILE:
		return windows.ERROR_HANDLE_EOF
	case windows.STATUS_NOT_IMPLEMENTED:
		return windows.ERROR_CALL_NOT_IMPLEMENTED
	}
	return status.Errno()
}
