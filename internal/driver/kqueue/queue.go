//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package kqueue

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/driver/ready"
	"github.com/raon-engine/raon/internal/port"
)

// queue is a kqueue, with a way to interrupt it. All methods but Interrupt
// belong to the port's thread.
type queue struct {
	kqueue int
	alarm  alarm
	refs   []port.Ref // by descriptor; 0: not registered
	events [256]unix.Kevent_t
	change [1]unix.Kevent_t
	limit  unix.Timespec
}

func newQueue() (*queue, error) {
	syscall.ForkLock.RLock()
	kq, err := unix.Kqueue()
	if err == nil {
		unix.CloseOnExec(kq)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, err
	}
	q := &queue{kqueue: kq}
	if err := q.alarm.open(q); err != nil {
		_ = unix.Close(kq)
		return nil, err
	}
	return q, nil
}

// Add registers fd for reading, for its life.
func (q *queue) Add(fd int, ref port.Ref) error {
	if fd >= len(q.refs) {
		q.refs = append(q.refs, make([]port.Ref, max(fd+1-len(q.refs), len(q.refs)))...)
	}
	if err := q.control(fd, unix.EVFILT_READ, unix.EV_ADD|unix.EV_CLEAR); err != nil {
		return err
	}
	q.refs[fd] = ref
	return nil
}

// AddWrite registers fd for writing too.
func (q *queue) AddWrite(fd int, _ port.Ref) error {
	return q.control(fd, unix.EVFILT_WRITE, unix.EV_ADD|unix.EV_CLEAR)
}

// Remove ends the registrations of fd. For writing there may be none.
func (q *queue) Remove(fd int) error {
	if fd < len(q.refs) {
		q.refs[fd] = 0
	}
	_ = q.control(fd, unix.EVFILT_WRITE, unix.EV_DELETE)
	return q.control(fd, unix.EVFILT_READ, unix.EV_DELETE)
}

// control is kevent(2) for one change, waiting for nothing.
func (q *queue) control(fd, filter, flags int) error {
	unix.SetKevent(&q.change[0], fd, filter, flags)
	for {
		_, err := unix.Kevent(q.kqueue, q.change[:], nil, nil)
		switch err {
		case unix.EINTR:
			continue
		case unix.ENOMEM: // there are no more events to be had
			return unix.ENOBUFS
		}
		return err
	}
}

// Wait fills edges. The alarm's own events are left out: that they came is all
// they say. What is left of a descriptor that was closed names none.
func (q *queue) Wait(edges []ready.Edge, wait time.Duration) (n int, err error) {
	got, err := q.wait(wait)
	if err != nil && err != unix.EINTR {
		return 0, err
	}
	for i := range q.events[:got] {
		event := &q.events[i]
		s := shapeOf(event)
		if s.filter == otherFilter {
			q.alarm.rang()
			continue
		}
		if fd := int(event.Ident); fd < len(q.refs) && q.refs[fd] != 0 {
			edges[n] = ready.Edge{Ref: q.refs[fd], What: s.what()}
			n++
		}
	}
	return n, nil
}

// shapeOf is the event without its types.
func shapeOf(event *unix.Kevent_t) (s shape) {
	switch int(int16(event.Filter)) {
	case unix.EVFILT_READ:
		s.filter = readFilter
	case unix.EVFILT_WRITE:
		s.filter = writeFilter
	}
	s.broken = event.Flags&unix.EV_ERROR != 0
	if s.ended = event.Flags&unix.EV_EOF != 0; s.ended {
		s.failed = syscall.Errno(event.Fflags)
	}
	return s
}

// Interrupt makes a Wait return. Any thread.
func (q *queue) Interrupt() { q.alarm.ring(q.kqueue) }

// Close closes the descriptors.
func (q *queue) Close() error {
	q.alarm.close()
	return unix.Close(q.kqueue)
}
