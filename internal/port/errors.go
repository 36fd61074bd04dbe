package port

import (
	"errors"
	"strings"
)

// The outcomes that a caller can act on, the same on every driver. Match them
// with errors.Is; the operating system's own code is inside the *Error.
var (
	ErrClosed       = errors.New("closed")                  // the target is gone
	ErrCanceled     = errors.New("canceled")                // ended by Cancel or Disconnect
	ErrRefused      = errors.New("connection refused")      // nobody listens there
	ErrReset        = errors.New("connection reset")        // by the peer
	ErrAborted      = errors.New("connection aborted")      // by this machine
	ErrTimeout      = errors.New("timed out")               //
	ErrUnreachable  = errors.New("unreachable")             // no route to host or network
	ErrNoBuffers    = errors.New("no buffers")              // the kernel is out of memory for this
	ErrTooManyFiles = errors.New("too many open files")     // of the process or the system
	ErrAddrInUse    = errors.New("address in use")          //
	ErrBadAddr      = errors.New("address not available")   // not one of this machine's
	ErrPermission   = errors.New("permission denied")       //
	ErrNoSpace      = errors.New("no space left on device") // files
	ErrNotSupported = errors.New("not supported")           // see Caps
	ErrFailed       = errors.New("failed")                  // anything else: look at the cause
)

// Error is the error of an operation: what was done, by which driver, how it
// ended, and why in the operating system's words.
type Error struct {
	Op      string // OpType or call: "connect", "listen"
	Driver  string // "epoll"
	Outcome error  // one of the sentinels above
	Cause   error  // the system's own error, usually a syscall.Errno; may be nil
	Detail  string // what it was about: an address, a path; may be empty
}

// Error reads "connect tcp://127.0.0.1:1: connection refused (epoll: ECONNREFUSED text)".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Detail != "" {
		b.WriteString(" " + e.Detail)
	}
	b.WriteString(": " + e.Outcome.Error() + " (" + e.Driver)
	if e.Cause != nil {
		b.WriteString(": " + e.Cause.Error())
	}
	b.WriteString(")")
	return b.String()
}

// Unwrap gives both the outcome and the cause to errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Outcome}
	}
	return []error{e.Outcome, e.Cause}
}
