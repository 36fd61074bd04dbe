//go:build !linux && !windows && !darwin && !dragonfly && !freebsd && !netbsd && !openbsd

package driver

// native is empty: this system has no driver of its own yet.
func native() []candidate { return nil }
