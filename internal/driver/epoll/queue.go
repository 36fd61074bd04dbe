//go:build linux

package epoll

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/driver/ready"
	"github.com/raon-engine/raon/internal/port"
)

const (
	readInterest  = unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLET
	writeInterest = readInterest | unix.EPOLLOUT
)

// queue is an epoll instance, with an eventfd to interrupt it. All methods but
// Interrupt belong to the port's thread.
type queue struct {
	epoll  int
	alarm  int  // the eventfd: registered edge-triggered and never read
	coarse bool // the kernel has no epoll_pwait2
	events [256]unix.EpollEvent
}

func newQueue() (*queue, error) {
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	q := &queue{epoll: ep, alarm: -1}
	q.alarm, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err == nil {
		err = q.control(unix.EPOLL_CTL_ADD, q.alarm, unix.EPOLLIN|unix.EPOLLET, 0)
	}
	if err != nil {
		_ = q.Close()
		return nil, err
	}
	return q, nil
}

// Add registers fd for reading, for its life.
func (q *queue) Add(fd int, ref port.Ref) error {
	return q.control(unix.EPOLL_CTL_ADD, fd, readInterest, ref)
}

// AddWrite widens the registration of fd to writing.
func (q *queue) AddWrite(fd int, ref port.Ref) error {
	return q.control(unix.EPOLL_CTL_MOD, fd, writeInterest, ref)
}

// Remove ends the registration of fd.
func (q *queue) Remove(fd int) error {
	return q.control(unix.EPOLL_CTL_DEL, fd, 0, 0)
}

// control is epoll_ctl(2). Its ENOSPC is about a number of watches that the
// user may have, not about a disk.
func (q *queue) control(op, fd int, events uint32, ref port.Ref) error {
	event := unix.EpollEvent{Events: events, Fd: int32(ref.Slot()), Pad: int32(ref.Generation())}
	_, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_CTL, uintptr(q.epoll), uintptr(op), uintptr(fd),
		uintptr(unsafe.Pointer(&event)), 0, 0)
	switch errno {
	case 0:
		return nil
	case unix.ENOSPC:
		return unix.ENOBUFS
	}
	return errno
}

// Wait fills edges. The alarm's own events are left out: that they came is all
// they say.
func (q *queue) Wait(edges []ready.Edge, wait time.Duration) (n int, err error) {
	got, errno := q.wait(q.events[:min(len(edges), len(q.events))], wait)
	if errno != 0 && errno != unix.EINTR {
		return 0, errno
	}
	for i := range got {
		event := &q.events[i]
		ref := port.MakeRef(uint32(event.Fd), uint32(event.Pad))
		if ref != 0 {
			edges[n] = ready.Edge{Ref: ref, What: what(event.Events)}
			n++
		}
	}
	return n, nil
}

// what translates the kernel's bits. A hang-up alone says nothing about
// reading: a socket that was never connected has one.
func what(events uint32) (w ready.What) {
	if events&(unix.EPOLLIN|unix.EPOLLERR) != 0 {
		w |= ready.Readable
	}
	if events&unix.EPOLLOUT != 0 {
		w |= ready.Writable
	}
	if events&unix.EPOLLRDHUP != 0 {
		w |= ready.PeerDone
	}
	if events&(unix.EPOLLERR|unix.EPOLLHUP) != 0 {
		w |= ready.Broken
	}
	return w
}

// Interrupt makes a Wait return: each write to the alarm is an edge. Its
// counter takes 2^64 of them. Any thread.
func (q *queue) Interrupt() {
	one := [8]byte{1}
	_, _, _ = unix.RawSyscall(unix.SYS_WRITE, uintptr(q.alarm), uintptr(unsafe.Pointer(&one)), 8)
}

// Close closes both descriptors.
func (q *queue) Close() error {
	err := unix.Close(q.epoll)
	if q.alarm >= 0 {
		_ = unix.Close(q.alarm)
	}
	return err
}
