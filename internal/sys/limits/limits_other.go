//go:build !linux && !windows

package limits

import "errors"

// Read answers Unknown throughout: this system's limits are not read yet.
func Read() Limits { return unknown() }

// RaiseOpenFiles is not done on this system.
func RaiseOpenFiles() (int64, error) { return Unknown, errors.ErrUnsupported }
