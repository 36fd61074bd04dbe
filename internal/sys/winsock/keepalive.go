//go:build windows

package winsock

import (
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

// keepAlives is for systems where keep-alive times are written by
// SIO_KEEPALIVE_VALS only, both at once, and cannot be read: Windows before
// 10.0.16299. It remembers what was set.
type keepAlives struct {
	mu       sync.Mutex
	byHandle map[windows.Handle]keepAlive
}

type keepAlive struct{ idleS, intervalS int }

// systemKeepAlive is what the system does unless told otherwise.
var systemKeepAlive = keepAlive{idleS: 7200, intervalS: 1}

// set writes one of the times and leaves the other. It leaves keep-alive on or
// off, as it is.
func (k *keepAlives) set(h windows.Handle, opt port.Option, value int) syscall.Errno {
	k.mu.Lock()
	defer k.mu.Unlock()
	times := k.times(h)
	if opt == port.OptKeepAliveIdleS {
		times.idleS = value
	} else {
		times.intervalS = value
	}
	on, errno := getInt(h, windows.SOL_SOCKET, windows.SO_KEEPALIVE)
	if errno == 0 {
		errno = setKeepAlive(h, on, times)
	}
	if errno != 0 {
		return errno
	}
	if k.byHandle == nil {
		k.byHandle = make(map[windows.Handle]keepAlive)
	}
	k.byHandle[h] = times
	return 0
}

// get reads one of the times.
func (k *keepAlives) get(h windows.Handle, opt port.Option) (int, syscall.Errno) {
	if _, errno := getInt(h, windows.SOL_SOCKET, windows.SO_KEEPALIVE); errno != 0 {
		return 0, errno
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if opt == port.OptKeepAliveIdleS {
		return k.times(h).idleS, 0
	}
	return k.times(h).intervalS, 0
}

func (k *keepAlives) times(h windows.Handle) keepAlive {
	if times, known := k.byHandle[h]; known {
		return times
	}
	return systemKeepAlive
}

// forget is called when h is closed.
func (k *keepAlives) forget(h windows.Handle) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.byHandle, h)
}

func setKeepAlive(h windows.Handle, on int, times keepAlive) syscall.Errno {
	values := struct{ on, idleMs, intervalMs uint32 }{
		uint32(on), uint32(times.idleS) * 1000, uint32(times.intervalS) * 1000,
	}
	var got uint32
	return number(windows.WSAIoctl(h, windows.SIO_KEEPALIVE_VALS,
		(*byte)(unsafe.Pointer(&values)), uint32(unsafe.Sizeof(values)), nil, 0, &got, nil, 0))
}
