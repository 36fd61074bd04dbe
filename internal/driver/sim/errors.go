package sim

import (
	"errors"

	"github.com/raon-engine/raon/internal/port"
)

const driverName = "sim"

// What an operating system would say; the causes inside the errors of sim.
// Those of the file system are package fs's.
var (
	errBadHandle    = errors.New("bad handle")
	errNotConnected = errors.New("not connected")
	errConnected    = errors.New("already connected")
	errBrokenPipe   = errors.New("broken pipe")
	errInvalid      = errors.New("invalid argument")
	errAttached     = errors.New("already attached")
	errDisk         = errors.New("input/output error")
)

// fail is the error of a call. cause and detail may be empty.
func fail(op string, outcome, cause error, detail string) error {
	return &port.Error{Op: op, Driver: driverName, Outcome: outcome, Cause: cause, Detail: detail}
}

// failOp is the error of an operation.
func failOp(op *port.Op, outcome, cause error) error {
	return fail(op.Type.String(), outcome, cause, "")
}
