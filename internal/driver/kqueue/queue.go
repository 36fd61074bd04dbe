//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package kqueue

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/driver/ready"
	"github.com/raon-engine/raon/internal/port"
)

// queue is a kqueue, with an alarm to interrupt it. All methods but Interrupt
// belong to the port's thread.
type queue struct {
	kq     int
	alarm  alarm
	refs   []port.Ref // by descriptor; what was closed since stays, and nobody asks
	events [256]unix.Kevent_t
}

func newQueue() (*queue, error) {
	kq, err := open()
	if err != nil {
		return nil, err
	}
	q := &queue{kq: kq}
	if err := q.alarm.open(kq); err != nil {
		_ = unix.Close(kq)
		return nil, err
	}
	return q, nil
}

// open makes a kqueue that no other program inherits. Not every system has a
// call for that, so nobody may fork in between.
func open() (int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	kq, err := unix.Kqueue()
	if err != nil {
		return -1, err
	}
	unix.CloseOnExec(kq)
	return kq, nil
}

// Add registers fd for reading, for its life.
func (q *queue) Add(fd int, ref port.Ref) error {
	if err := change(q.kq, fd, unix.EVFILT_READ, unix.EV_ADD|unix.EV_CLEAR, 0); err != nil {
		return err
	}
	if more := fd + 1 - len(q.refs); more > 0 {
		q.refs = append(q.refs, make([]port.Ref, more)...)
	}
	q.refs[fd] = ref
	return nil
}

// AddWrite registers fd for writing as well.
func (q *queue) AddWrite(fd int, _ port.Ref) error {
	return change(q.kq, fd, unix.EVFILT_WRITE, unix.EV_ADD|unix.EV_CLEAR, 0)
}

// Remove ends the registrations of fd, of which the one for writing need not
// exist.
func (q *queue) Remove(fd int) error {
	_ = change(q.kq, fd, unix.EVFILT_WRITE, unix.EV_DELETE, 0)
	if err := change(q.kq, fd, unix.EVFILT_READ, unix.EV_DELETE, 0); err != nil {
		return err
	}
	q.refs[fd] = 0
	return nil
}

// change makes one change to kq, or has an alarm ring. A call without room for
// events does not wait, and its error is that of the change. When a signal
// interrupts it the change has been made; making it again does no harm.
func change(kq, ident, filter, flags int, fflags uint32) error {
	var changes [1]unix.Kevent_t
	unix.SetKevent(&changes[0], ident, filter, flags)
	changes[0].Fflags = fflags
	for {
		if _, err := unix.Kevent(kq, changes[:], nil, nil); err != unix.EINTR {
			return err
		}
	}
}

// Wait fills edges. The alarm's own events are left out: that they came is all
// they say.
func (q *queue) Wait(edges []ready.Edge, wait time.Duration) (n int, err error) {
	got, err := q.wait(q.events[:min(len(edges), len(q.events))], wait)
	if err != nil {
		return 0, err
	}
	for i := range got {
		ev := &q.events[i]
		if q.alarm.rang(ev) {
			q.alarm.answer()
		} else if edge, ok := q.translate(ev).edge(); ok {
			edges[n] = edge
			n++
		}
	}
	return n, nil
}

// translate takes from ev what matters, in the types that it has here.
func (q *queue) translate(ev *unix.Kevent_t) event {
	e := event{flags: uint32(ev.Flags), fflags: uint32(ev.Fflags)}
	switch int(ev.Filter) {
	case unix.EVFILT_READ:
		e.filter = filterRead
	case unix.EVFILT_WRITE:
		e.filter = filterWrite
	}
	if fd := int(ev.Ident); fd < len(q.refs) {
		e.ref = q.refs[fd]
	}
	return e
}

// Interrupt makes a Wait return. Any thread.
func (q *queue) Interrupt() { q.alarm.ring() }

// Close closes the kqueue and what the alarm needs.
func (q *queue) Close() error {
	err := unix.Close(q.kq)
	q.alarm.close()
	return err
}
