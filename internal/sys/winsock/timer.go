//go:build windows

package winsock

import (
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	createWaitableTimerEx = kernel32.NewProc("CreateWaitableTimerExW")
	setWaitableTimer      = kernel32.NewProc("SetWaitableTimer")
	ntCreateWaitPacket    = ntdll.NewProc("NtCreateWaitCompletionPacket")
	ntAssociateWaitPacket = ntdll.NewProc("NtAssociateWaitCompletionPacket")
	ntCancelWaitPacket    = ntdll.NewProc("NtCancelWaitCompletionPacket")
	timerCalls            = []*windows.LazyProc{createWaitableTimerEx, setWaitableTimer, ntCreateWaitPacket, ntAssociateWaitPacket, ntCancelWaitPacket}
)

// Timer ends a Dequeue to within a fraction of a millisecond, by a packet of its
// own: a high-resolution waitable timer (Windows 10 1803) whose signal the
// kernel turns into a packet. Go's own netpoller does the same. A Timer belongs
// to one thread.
type Timer struct {
	port   windows.Handle
	key    uintptr
	timer  windows.Handle
	packet windows.Handle
}

// NewTimer makes a timer for the port. It fails where the system has no such.
func NewTimer(port windows.Handle, key uintptr) (*Timer, error) {
	for _, c := range timerCalls {
		if err := c.Find(); err != nil {
			return nil, err
		}
	}
	const (
		highResolution = 2
		access         = windows.SYNCHRONIZE | 1 | 2 // TIMER_QUERY_STATE, TIMER_MODIFY_STATE
	)
	t := &Timer{port: port, key: key}
	h, _, errno := syscall.SyscallN(createWaitableTimerEx.Addr(), 0, 0, highResolution, access)
	if h == 0 {
		return nil, errnoOf(errno)
	}
	t.timer = windows.Handle(h)
	status, _, _ := syscall.SyscallN(ntCreateWaitPacket.Addr(), uintptr(unsafe.Pointer(&t.packet)), windows.GENERIC_ALL, 0)
	if errno := fromStatus(windows.NTStatus(status)); errno != 0 {
		_ = windows.CloseHandle(t.timer)
		return nil, errno
	}
	return t, nil
}

// Arm has a packet come after wait.
func (t *Timer) Arm(wait time.Duration) syscall.Errno {
	due := -int64((wait + 99) / 100) // negative: from now on, in units of 100 ns
	ok, _, errno := syscall.SyscallN(setWaitableTimer.Addr(), uintptr(t.timer), uintptr(unsafe.Pointer(&due)), 0, 0, 0, 0)
	if ok == 0 {
		return errnoOf(errno)
	}
	status, _, _ := syscall.SyscallN(ntAssociateWaitPacket.Addr(), uintptr(t.packet), uintptr(t.port), uintptr(t.timer),
		t.key, 0, 0, 0, 0)
	return fromStatus(windows.NTStatus(status))
}

// Disarm takes back what Arm asked for, a packet in the queue included.
func (t *Timer) Disarm() {
	const evenIfQueued = 1
	_, _, _ = syscall.SyscallN(ntCancelWaitPacket.Addr(), uintptr(t.packet), evenIfQueued)
}

// Close frees the timer.
func (t *Timer) Close() {
	t.Disarm()
	_ = windows.CloseHandle(t.packet)
	_ = windows.CloseHandle(t.timer)
}
