//go:build windows

package winsock

import (
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Wait waits for one object: an event, a process, whatever the system can wait
// for. A thread of the system's pool does it for many; when the object is
// signaled, one packet is posted. It belongs to the port's thread.
type Wait struct {
	iocp   windows.Handle
	key    uintptr
	ov     *windows.Overlapped
	wait   windows.Handle
	socket windows.Handle // that event is set for
	event  windows.Handle // 0 when the object is no socket
	pin    runtime.Pinner // of the Wait itself, which the system has the address of
	posted atomic.Bool
}

// signaled is the one callback of all waits: there is a limit to how many a
// process can make.
var signaled = sync.OnceValue(func() uintptr {
	return syscall.NewCallback(func(w *Wait, _ uintptr) uintptr {
		w.post()
		return 0
	})
})

// NewWait has one packet with key and ov come to iocp when object is signaled,
// or when there is something to read from it if it is a socket.
// The kernel's mark in ov is that of success. Stop must be called in the end.
func NewWait(iocp windows.Handle, key uintptr, ov *windows.Overlapped, object windows.Handle) (*Wait, syscall.Errno) {
	const once = 0x8 // WT_EXECUTEONLYONCE
	w := &Wait{iocp: iocp, key: key, ov: ov}
	if isSocket(object) {
		event, errno := selectEvent(object)
		if errno != 0 {
			return nil, errno
		}
		w.socket, w.event, object = object, event, event
	}
	w.pin.Pin(w)
	r, _, errno := syscall.SyscallN(procRegisterWait.Addr(), uintptr(unsafe.Pointer(&w.wait)), uintptr(object), signaled(),
		uintptr(unsafe.Pointer(w)), syscall.INFINITE, once)
	if errno = denied(r, errno); errno != 0 {
		w.free()
		return nil, errno
	}
	return w, 0
}

// post runs on a thread of the system's pool.
func (w *Wait) post() {
	if Post(w.iocp, w.key, w.ov) == 0 {
		w.posted.Store(true)
	}
}

// Stop ends the wait. After it no packet will be posted; posted says that one
// was, which is in the port's queue unless it has been taken. It waits for a
// callback that is under way.
func (w *Wait) Stop() (posted bool) {
	syscall.SyscallN(procUnregisterWait.Addr(), uintptr(w.wait), uintptr(windows.InvalidHandle))
	w.free()
	return w.posted.Load()
}

// free gives back what the wait took. The system has forgotten it.
func (w *Wait) free() {
	if w.event != 0 {
		unselect(w.socket, w.event)
	}
	w.pin.Unpin()
}
