//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"errors"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// outcomes says what each error number means to a caller. What is neither listed
// here nor of one system only, see localOutcome, is port.ErrFailed. The index is
// the number, so that mapping costs one load.
var outcomes = [...]error{
	unix.EBADF:           port.ErrClosed,
	unix.ENOTCONN:        port.ErrClosed,
	unix.ESHUTDOWN:       port.ErrClosed,
	unix.ECANCELED:       port.ErrCanceled,
	unix.ECONNREFUSED:    port.ErrRefused,
	unix.ECONNRESET:      port.ErrReset,
	unix.ENETRESET:       port.ErrReset,
	unix.EPIPE:           port.ErrReset, // the peer is gone: a reset came before this send
	unix.ECONNABORTED:    port.ErrAborted,
	unix.ETIMEDOUT:       port.ErrTimeout,
	unix.EHOSTUNREACH:    port.ErrUnreachable,
	unix.ENETUNREACH:     port.ErrUnreachable,
	unix.ENETDOWN:        port.ErrUnreachable,
	unix.EHOSTDOWN:       port.ErrUnreachable,
	unix.ENOBUFS:         port.ErrNoBuffers,
	unix.ENOMEM:          port.ErrNoBuffers,
	unix.EMFILE:          port.ErrTooManyFiles,
	unix.ENFILE:          port.ErrTooManyFiles,
	unix.EADDRINUSE:      port.ErrAddrInUse,
	unix.EADDRNOTAVAIL:   port.ErrBadAddr,
	unix.EACCES:          port.ErrPermission,
	unix.EPERM:           port.ErrPermission,
	unix.EROFS:           port.ErrPermission,
	unix.ENOSPC:          port.ErrNoSpace,
	unix.EDQUOT:          port.ErrNoSpace,
	unix.ENOSYS:          port.ErrNotSupported,
	unix.EOPNOTSUPP:      port.ErrNotSupported,
	unix.ENOPROTOOPT:     port.ErrNotSupported,
	unix.EPROTONOSUPPORT: port.ErrNotSupported,
	unix.EAFNOSUPPORT:    port.ErrNotSupported,
	unix.ESOCKTNOSUPPORT: port.ErrNotSupported,
	unix.EPFNOSUPPORT:    port.ErrNotSupported,
}

// Outcome is the meaning of one error number, never nil.
func Outcome(errno unix.Errno) error {
	if int(errno) < len(outcomes) && outcomes[errno] != nil {
		return outcomes[errno]
	}
	return localOutcome(errno)
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
	var errno unix.Errno
	if errors.As(err, &errno) {
		outcome, err = Outcome(errno), errno
	}
	return &port.Error{Op: op, Driver: driver, Outcome: outcome, Cause: err, Detail: detail}
}

// ConnectError is Error for an OpConnect, where two numbers mean something of
// their own: a unix path that does not exist (ENOENT) or whose backlog is full
// (EAGAIN, see unix(7)) refuses the connection.
func ConnectError(driver, detail string, errno unix.Errno) error {
	outcome := Outcome(errno)
	if errno == unix.ENOENT || errno == unix.EAGAIN {
		outcome = port.ErrRefused
	}
	return &port.Error{Op: port.OpConnect.String(), Driver: driver, Outcome: outcome, Cause: errno, Detail: detail}
}
