//go:build windows

package iocp

import (
	"sync"
	"sync/atomic"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/inbox"
	"github.com/raon-engine/raon/internal/sys/winsock"
)

// waker ends a Poll from any thread, by a packet. Of all that notify a sleeping
// port, one posts it.
type waker struct {
	port  windows.Handle
	flag  inbox.Flag
	count atomic.Uint64 // wakes that needed a system call

	mu     sync.Mutex // held while posting
	closed bool
}

// notify ends the wait of the port, or prevents its next one. Any thread.
func (w *waker) notify() {
	if w.flag.Notify() {
		w.post()
	}
}

// post wakes the port. The thread may have been held up since the port slept,
// so the handle may be closed by now, and be another's.
func (w *waker) post() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	w.count.Add(1)
	_ = winsock.Post(w.port, keyWake, nil)
}

// close makes all later wakes do nothing.
func (w *waker) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
}
