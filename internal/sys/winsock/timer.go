//go:build windows

package winsock

import (
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Timer sends a packet to a completion port after a time, more precisely than
// Dequeue's own timeout, which ends with a tick of the system: 15.6 ms unless
// somebody asked for more. It is a high-resolution timer with a wait completion
// packet, like in runtime/netpoll_windows.go. It belongs to the port's thread.
type Timer struct {
	iocp   windows.Handle
	key    uintptr
	timer  windows.Handle
	packet windows.Handle
}

const (
	timerHighResolution = 0x2
	timerAccess         = windows.SYNCHRONIZE | 0x1 | 0x2 // TIMER_QUERY_STATE, TIMER_MODIFY_STATE

	statusPending   = 0x103
	statusCancelled = 0xC0000120
)

// NewTimer makes a timer whose packets have key and no OVERLAPPED. An error says
// that the system has no such thing.
func NewTimer(iocp windows.Handle, key uintptr) (*Timer, error) {
	for _, call := range []*windows.LazyProc{procCreateWaitPacket, procAssociateWaitPacket, procCancelWaitPacket, procCreateTimer} {
		if call.Find() != nil {
			return nil, windows.ERROR_PROC_NOT_FOUND
		}
	}
	r, _, errno := syscall.SyscallN(procCreateTimer.Addr(), 0, 0, timerHighResolution, timerAccess)
	if r == 0 {
		return nil, certain(errno)
	}
	t := &Timer{iocp: iocp, key: key, timer: windows.Handle(r)}
	status, _, _ := syscall.SyscallN(procCreateWaitPacket.Addr(), uintptr(unsafe.Pointer(&t.packet)), windows.GENERIC_ALL, 0)
	if errno := ntErrno(status); errno != 0 {
		windows.CloseHandle(t.timer)
		return nil, errno
	}
	return t, nil
}

// Arm has a packet come after wait. An error says that none may come, also when
// the time was over already: wait by Dequeue's timeout then. The timer must not
// be armed.
func (t *Timer) Arm(wait time.Duration) syscall.Errno {
	due := -max(int64(wait)/100, 1) // relative, in units of 100 ns
	r, _, errno := syscall.SyscallN(procSetTimer.Addr(), uintptr(t.timer), uintptr(unsafe.Pointer(&due)), 0, 0, 0, 0)
	if errno = denied(r, errno); errno != 0 {
		return errno
	}
	var signaled uint8
	status, _, _ := syscall.SyscallN(procAssociateWaitPacket.Addr(), uintptr(t.packet), uintptr(t.iocp), uintptr(t.timer),
		t.key, 0, 0, 0, uintptr(unsafe.Pointer(&signaled)))
	if errno := ntErrno(status); errno != 0 {
		return errno
	}
	if signaled != 0 {
		return syscall.Errno(windows.WAIT_TIMEOUT)
	}
	return 0
}

// Disarm undoes Arm, and takes back a packet that nobody has dequeued. fired
// tells that the time was over first: then the packet has been dequeued, or it
// still comes when the kernel was just about to queue it.
func (t *Timer) Disarm() (fired bool) {
	const remove = 1 // a packet that is queued already
	status, _, _ := syscall.SyscallN(procCancelWaitPacket.Addr(), uintptr(t.packet), remove)
	switch uint32(status) {
	case statusPending, statusCancelled:
		return true
	}
	return false
}

// Close frees the timer. No packet comes afterwards.
func (t *Timer) Close() {
	t.Disarm()
	windows.CloseHandle(t.packet)
	windows.CloseHandle(t.timer)
}

// ntErrno is the error number of an NTSTATUS that a call returned.
func ntErrno(status uintptr) syscall.Errno {
	if uint32(status) == 0 {
		return 0
	}
	return certain(windows.NTStatus(uint32(status)).Errno())
}
