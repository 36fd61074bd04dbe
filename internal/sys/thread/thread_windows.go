//go:build windows

package thread

import "golang.org/x/sys/windows"

// ID is the calling thread, GetCurrentThreadId.
func ID() uint64 { return uint64(windows.GetCurrentThreadId()) }
