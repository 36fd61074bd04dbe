package raon

import (
	"errors"

	"github.com/raon-engine/raon/internal/port"
)

// The engine's own outcomes. Match them with errors.Is.
var (
	// ErrSessionClosed: the session has ended, or is ending and takes no more.
	ErrSessionClosed = errors.New("raon: session closed")
	// ErrQueueFull: a bounded queue has no room. Nothing was queued.
	ErrQueueFull = errors.New("raon: queue full")
	// ErrLimit: a maximum that the options set is reached.
	ErrLimit = errors.New("raon: limit reached")
	// ErrWrongThread: HandleCompletions was called by another thread than at first.
	ErrWrongThread = errors.New("raon: wrong thread")
	// ErrNotManual: HandleCompletions needs a Core with Manual set.
	ErrNotManual = errors.New("raon: core drives its own workers")
)

// The outcomes of operations, the same on every driver. The operating system's
// own error is inside the *Error.
var (
	ErrClosed       = port.ErrClosed
	ErrCanceled     = port.ErrCanceled
	ErrRefused      = port.ErrRefused
	ErrReset        = port.ErrReset
	ErrAborted      = port.ErrAborted
	ErrTimeout      = port.ErrTimeout
	ErrUnreachable  = port.ErrUnreachable
	ErrNoBuffers    = port.ErrNoBuffers
	ErrTooManyFiles = port.ErrTooManyFiles
	ErrAddrInUse    = port.ErrAddrInUse
	ErrBadAddr      = port.ErrBadAddr
	ErrPermission   = port.ErrPermission
	ErrNotSupported = port.ErrNotSupported
)
