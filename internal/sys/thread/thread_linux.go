//go:build linux

package thread

import "golang.org/x/sys/unix"

// ID is the calling thread, gettid(2).
func ID() uint64 { return uint64(unix.Gettid()) }
