//go:build windows

package winsock

import (
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	getHandleInformation = kernel32.NewProc("GetHandleInformation")
	registerWait         = kernel32.NewProc("RegisterWaitForSingleObject")
	wsaEventSelect       = ws2.NewProc("WSAEventSelect")
	unregisterWait       = kernel32.NewProc("UnregisterWaitEx")
)

// IsHandle gives an error for what is no handle of this process's.
func IsHandle(h windows.Handle) error {
	if h == windows.InvalidHandle { // which to many calls means the process itself
		return windows.ERROR_INVALID_HANDLE
	}
	var flags uint32
	if ok, _, err := getHandleInformation.Call(uintptr(h), uintptr(unsafe.Pointer(&flags))); ok == 0 {
		return errnoOf(number(err))
	}
	return nil
}

// Wait posts one packet to a port when a handle is signaled: an event, a
// process, a timer, whatever the system can wait for. A thread of the system's
// pool does the waiting.
type Wait struct {
	handle windows.Handle // of the registration
	socket windows.Handle // that event is set for, 0 when the object was no socket
	event  windows.Handle
	record *waitRecord
	memory []byte
}

// waitRecord is what the pool's thread works with. It is outside the Go heap.
type waitRecord struct {
	port       windows.Handle
	key        uintptr
	overlapped *windows.Overlapped // outside the Go heap too
	posted     atomic.Uint32
}

// signaled is the one function that all registrations call: Go has room for few.
var signaled = sync.OnceValue(func() uintptr {
	return windows.NewCallback(func(record *waitRecord, _ uintptr) uintptr {
		record.posted.Store(1)
		_ = Post(record.port, record.key, record.overlapped)
		return 0
	})
})

// NewWait has a packet come when object is signaled, once. A socket is signaled
// when there is something to read from it: bytes, a connection, the end or an
// error.
func NewWait(port windows.Handle, key uintptr, ov *windows.Overlapped, object windows.Handle) (*Wait, syscall.Errno) {
	memory, err := Alloc(int(unsafe.Sizeof(waitRecord{})))
	if err != nil {
		return nil, number(err)
	}
	record := (*waitRecord)(unsafe.Pointer(unsafe.SliceData(memory)))
	record.port, record.key, record.overlapped = port, key, ov
	w := &Wait{record: record, memory: memory}
	if isSocket(object) {
		if object, err = w.selectEvent(object); err != nil {
			Free(memory)
			return nil, number(err)
		}
	}
	const executeOnlyOnce = 8
	ok, _, e := registerWait.Call(uintptr(unsafe.Pointer(&w.handle)), uintptr(object), signaled(),
		uintptr(unsafe.Pointer(record)), uintptr(syscall.INFINITE), executeOnlyOnce)
	if ok == 0 {
		w.free()
		return nil, errnoOf(number(e))
	}
	return w, 0
}

// selectEvent has an event of its own set when the socket can be read: a socket
// itself is signaled by whatever ends on it.
func (w *Wait) selectEvent(socket windows.Handle) (event windows.Handle, err error) {
	const fdRead, fdAccept, fdClose = 1, 8, 32
	if w.event, err = windows.CreateEvent(nil, 1, 0, nil); err != nil {
		return 0, err
	}
	w.socket = socket
	if r, _, e := wsaEventSelect.Call(uintptr(socket), uintptr(w.event), fdRead|fdAccept|fdClose); r != 0 {
		_ = windows.CloseHandle(w.event)
		return 0, e
	}
	return w.event, nil
}

// isSocket tells a socket from another handle.
func isSocket(h windows.Handle) bool {
	const soType = 0x1008 // SO_TYPE
	_, errno := getInt(h, windows.SOL_SOCKET, soType)
	return errno != windows.WSAENOTSOCK
}

// Stop ends the waiting; afterwards no packet is posted. It tells whether one
// was. It waits for a thread that is about to post, and may be called once.
func (w *Wait) Stop() (posted bool) {
	_, _, _ = unregisterWait.Call(uintptr(w.handle), uintptr(windows.InvalidHandle))
	posted = w.record.posted.Load() != 0
	w.free()
	return posted
}

// free gives back what the waiting took. No thread waits any more.
func (w *Wait) free() {
	if w.event != 0 {
		_, _, _ = wsaEventSelect.Call(uintptr(w.socket), 0, 0)
		_ = windows.CloseHandle(w.event)
	}
	Free(w.memory)
}
