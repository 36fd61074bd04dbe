//go:build windows

package winsock

import (
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// frequency is how often the performance counter counts in a second. It never
// changes while the system runs.
var frequency = sync.OnceValue(func() int64 {
	var perSecond int64
	syscall.SyscallN(procPerformancePerSec.Addr(), uintptr(unsafe.Pointer(&perSecond)))
	return perSecond
})

// Clock is a monotonic clock, of which only differences mean something. It is
// finer than that of package time, which may follow the system's tick.
func Clock() time.Duration {
	var count int64
	syscall.SyscallN(procPerformanceCounter.Addr(), uintptr(unsafe.Pointer(&count)))
	perSecond := frequency()
	// In two parts, since the product would overflow after some days.
	return time.Duration(count/perSecond)*time.Second +
		time.Duration(count%perSecond*int64(time.Second)/perSecond)
}
