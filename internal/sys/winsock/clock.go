//go:build windows

package winsock

import (
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// frequency is how often the counter counts in a second.
var frequency = sync.OnceValue(func() int64 {
	var n int64
	_, _, _ = kernel32.NewProc("QueryPerformanceFrequency").Call(uintptr(unsafe.Pointer(&n)))
	return n
})

// Clock is a monotonic clock, finer than a microsecond. Go's own may advance in
// steps of the system's tick, 15.6 ms by default. Only differences mean
// something.
func Clock() time.Duration {
	var n int64
	_, _, _ = syscall.SyscallN(calls.queryPerformanceCounter, uintptr(unsafe.Pointer(&n)))
	f := frequency()
	return time.Duration(n/f)*time.Second + time.Duration(n%f*int64(time.Second)/f)
}
