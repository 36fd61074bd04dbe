//go:build windows

package winsock

import (
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

// keepAlives remembers what was set with SIO_KEEPALIVE_VALS, which sets two
// values at a time and tells neither. Windows 10 1709 made them options, so this
// is for those before it.
type keepAlives struct {
	emulated bool
	mu       sync.Mutex
	of       map[windows.Handle]keepAlive
}

// keepAlive is in seconds, the defaults being the system's.
type keepAlive struct{ idle, interval int }

func (k *keepAlives) find(h windows.Handle) keepAlive {
	if v, ok := k.of[h]; ok {
		return v
	}
	return keepAlive{idle: 7200, interval: 1}
}

func (k *keepAlives) get(h windows.Handle, opt port.Option) (int, syscall.Errno) {
	k.mu.Lock()
	defer k.mu.Unlock()
	v := k.find(h)
	if opt == port.OptKeepAliveIdleS {
		return v.idle, 0
	}
	return v.interval, 0
}

func (k *keepAlives) set(h windows.Handle, opt port.Option, seconds int) syscall.Errno {
	k.mu.Lock()
	defer k.mu.Unlock()
	v := k.find(h)
	if opt == port.OptKeepAliveIdleS {
		v.idle = seconds
	} else {
		v.interval = seconds
	}
	const sioKeepAliveVals = 0x98000004
	vals := struct{ on, idleMs, intervalMs uint32 }{1, uint32(v.idle) * 1000, uint32(v.interval) * 1000}
	var n uint32
	err := windows.WSAIoctl(h, sioKeepAliveVals, (*byte)(unsafe.Pointer(&vals)), uint32(unsafe.Sizeof(vals)), nil, 0, &n, nil, 0)
	if err != nil {
		return number(err)
	}
	if k.of == nil {
		k.of = map[windows.Handle]keepAlive{}
	}
	k.of[h] = v
	return 0
}

// forget drops what is known of a handle that is about to be closed.
func (k *keepAlives) forget(h windows.Handle) {
	if !k.emulated {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.of, h)
}
