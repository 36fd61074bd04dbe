//go:build !linux && !windows

package driver

// native is empty: this system has no driver of its own yet.
func native() []candidate { return nil }
