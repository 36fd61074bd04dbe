//go:build windows

package winsock

import (
	"errors"
	"syscall"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

// Pending is what a call returns that has begun something: a packet will tell
// how it ended. Winsock knows the number as WSA_IO_PENDING.
const Pending = windows.ERROR_IO_PENDING

// outcomes says what each error number means to a caller. What is not listed
// is port.ErrFailed. Calls return numbers of Winsock (from 10000), packets those
// of Win32: one event often has one of each.
var outcomes = map[syscall.Errno]error{
	windows.ERROR_INVALID_HANDLE:     port.ErrClosed, // 6
	windows.ERROR_HANDLES_CLOSED:     port.ErrClosed, // 676: Wine; the handle was closed while pending
	windows.ERROR_ABANDONED_WAIT_0:   port.ErrClosed, // 735: the completion port was closed while waited on
	windows.ERROR_CONNECTION_INVALID: port.ErrClosed, // 1229: there is no connection
	windows.WSAENOTSOCK:              port.ErrClosed, // 10038
	windows.WSAENOTCONN:              port.ErrClosed, // 10057
	windows.WSAESHUTDOWN:             port.ErrClosed, // 10058: by this side

	windows.ERROR_OPERATION_ABORTED: port.ErrCanceled, // 995: CancelIoEx, or the handle was closed
	windows.ERROR_CANCELLED:         port.ErrCanceled, // 1223

	windows.ERROR_CONNECTION_REFUSED: port.ErrRefused, // 1225
	windows.WSAECONNREFUSED:          port.ErrRefused, // 10061

	windows.ERROR_UNEXP_NET_ERR:   port.ErrReset, // 59: Wine, a reset before the accept
	windows.ERROR_NETNAME_DELETED: port.ErrReset, // 64: unless this side closed or canceled, see Canceled
	windows.WSAENETRESET:          port.ErrReset, // 10052: keep-alive found the peer gone
	windows.WSAECONNRESET:         port.ErrReset, // 10054

	windows.ERROR_GRACEFUL_DISCONNECT: port.ErrAborted, // 1226
	windows.ERROR_CONNECTION_ABORTED:  port.ErrAborted, // 1236
	windows.WSAECONNABORTED:           port.ErrAborted, // 10053: retransmissions went unanswered, or the interface went

	windows.ERROR_SEM_TIMEOUT: port.ErrTimeout, // 121: STATUS_IO_TIMEOUT of a connect or a send
	windows.WAIT_TIMEOUT:      port.ErrTimeout, // 258
	windows.ERROR_TIMEOUT:     port.ErrTimeout, // 1460
	windows.WSAETIMEDOUT:      port.ErrTimeout, // 10060

	windows.ERROR_NETWORK_UNREACHABLE:  port.ErrUnreachable, // 1231
	windows.ERROR_HOST_UNREACHABLE:     port.ErrUnreachable, // 1232
	windows.ERROR_PROTOCOL_UNREACHABLE: port.ErrUnreachable, // 1233
	windows.ERROR_PORT_UNREACHABLE:     port.ErrUnreachable, // 1234
	windows.WSAENETDOWN:                port.ErrUnreachable, // 10050
	windows.WSAENETUNREACH:             port.ErrUnreachable, // 10051
	windows.WSAEHOSTDOWN:               port.ErrUnreachable, // 10064
	windows.WSAEHOSTUNREACH:            port.ErrUnreachable, // 10065

	windows.ERROR_NOT_ENOUGH_MEMORY:   port.ErrNoBuffers, // 8
	windows.ERROR_OUTOFMEMORY:         port.ErrNoBuffers, // 14
	windows.ERROR_NO_SYSTEM_RESOURCES: port.ErrNoBuffers, // 1450: non-paged pool
	windows.ERROR_WORKING_SET_QUOTA:   port.ErrNoBuffers, // 1453: too much memory locked
	windows.ERROR_COMMITMENT_LIMIT:    port.ErrNoBuffers, // 1455: the paging file is too small
	windows.WSAENOBUFS:                port.ErrNoBuffers, // 10055

	windows.ERROR_TOO_MANY_OPEN_FILES:  port.ErrTooManyFiles, // 4
	windows.ERROR_NO_MORE_USER_HANDLES: port.ErrTooManyFiles, // 1158
	windows.WSAEMFILE:                  port.ErrTooManyFiles, // 10024
	windows.WSAEPROCLIM:                port.ErrTooManyFiles, // 10067

	windows.WSAEADDRINUSE: port.ErrAddrInUse, // 10048; a bind may also say 10013, see Sockets.Listen

	windows.ERROR_INVALID_NETNAME: port.ErrBadAddr, // 1214: ConnectEx to no real address
	windows.WSAEADDRNOTAVAIL:      port.ErrBadAddr, // 10049

	windows.ERROR_ACCESS_DENIED:      port.ErrPermission, // 5
	windows.ERROR_WRITE_PROTECT:      port.ErrPermission, // 19
	windows.ERROR_SHARING_VIOLATION:  port.ErrPermission, // 32: another process does not share the file
	windows.ERROR_LOCK_VIOLATION:     port.ErrPermission, // 33
	windows.ERROR_PRIVILEGE_NOT_HELD: port.ErrPermission, // 1314
	windows.WSAEACCES:                port.ErrPermission, // 10013

	windows.ERROR_HANDLE_DISK_FULL:    port.ErrNoSpace, // 39
	windows.ERROR_DISK_FULL:           port.ErrNoSpace, // 112
	windows.ERROR_DISK_QUOTA_EXCEEDED: port.ErrNoSpace, // 1295
	windows.ERROR_NOT_ENOUGH_QUOTA:    port.ErrNoSpace, // 1816: STATUS_QUOTA_EXCEEDED

	windows.ERROR_INVALID_FUNCTION:     port.ErrNotSupported, // 1: STATUS_NOT_IMPLEMENTED, STATUS_INVALID_DEVICE_REQUEST
	windows.ERROR_NOT_SUPPORTED:        port.ErrNotSupported, // 50
	windows.ERROR_CALL_NOT_IMPLEMENTED: port.ErrNotSupported, // 120
	windows.ERROR_PROC_NOT_FOUND:       port.ErrNotSupported, // 127: the system is older than the call
	windows.WSAENOPROTOOPT:             port.ErrNotSupported, // 10042
	windows.WSAEPROTONOSUPPORT:         port.ErrNotSupported, // 10043
	windows.WSAESOCKTNOSUPPORT:         port.ErrNotSupported, // 10044
	windows.WSAEOPNOTSUPP:              port.ErrNotSupported, // 10045
	windows.WSAEPFNOSUPPORT:            port.ErrNotSupported, // 10046
	windows.WSAEAFNOSUPPORT:            port.ErrNotSupported, // 10047
	windows.WSAVERNOTSUPPORTED:         port.ErrNotSupported, // 10092
}

// Outcome is the meaning of one error number, never nil.
func Outcome(errno syscall.Errno) error {
	if outcome, listed := outcomes[errno]; listed {
		return outcome
	}
	return port.ErrFailed
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

// ConnectError is Error for an OpConnect.
func ConnectError(driver, detail string, errno syscall.Errno) error {
	return Error(driver, port.OpConnect.String(), detail, errno)
}

// Canceled tells whether errno is what an operation may end with that this side
// canceled, or whose handle it closed. 64 is also a reset by the peer and 1236
// also an abort: only who knows that it canceled may ask.
func Canceled(errno syscall.Errno) bool {
	switch errno {
	case windows.ERROR_OPERATION_ABORTED, windows.ERROR_NETNAME_DELETED,
		windows.ERROR_CONNECTION_ABORTED, windows.ERROR_HANDLES_CLOSED:
		return true
	}
	return false
}
