//go:build linux

package uring

import (
	"fmt"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/inbox"
)

// waker ends a Poll from any thread. Of all that notify a sleeping port, one
// makes the system call.
type waker struct {
	fd    int  // an eventfd, which the ring polls; it is never read
	armed bool // the poll is prepared or in the kernel; the port's thread only
	flag  inbox.Flag
	count atomic.Uint64 // wakes that needed a system call

	mu     sync.Mutex // held while writing to fd
	closed bool
}

func newWaker() (*waker, error) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("eventfd: %w", err)
	}
	return &waker{fd: fd}, nil
}

// notify ends the wait of the port, or prevents its next one. Any thread.
func (w *waker) notify() {
	if w.flag.Notify() {
		w.signal()
	}
}

// signal makes the eventfd readable once more. The thread may have been held up
// since the port slept, so fd may be closed by now, and be another's.
func (w *waker) signal() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	w.count.Add(1)
	one := uint64(1)
	_, _, _ = unix.RawSyscall(unix.SYS_WRITE, uintptr(w.fd), uintptr(unsafe.Pointer(&one)), 8)
}

// sleep announces a wait. False: there must be none, the port was notified.
func (w *waker) sleep() bool { return w.flag.Sleep() }

// rise announces that the port runs, and tells whether it was notified. What
// others did before they notified can be seen after it.
func (w *waker) rise() bool { return w.flag.Wake() }

func (w *waker) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	_ = unix.Close(w.fd)
}

// armWake polls the eventfd; a full completion queue may end that.
func (p *Port) armWake() {
	if p.wake.armed {
		return
	}
	e := p.ring.Prepare()
	if e == nil {
		return
	}
	preparePoll(e, true)
	e.FD, e.UserData = int32(p.wake.fd), uint64(makeToken(0, laneWake, 0))
	p.wake.armed = true
	p.inflight++
}
