//go:build darwin || dragonfly || freebsd

package kqueue

import "golang.org/x/sys/unix"

// alarm interrupts a kqueue: an event of its own, EVFILT_USER.
type alarm struct{}

// ident is the event's name, which no descriptor has: filters have names of
// their own.
const ident = 0

func (*alarm) open(q *queue) error {
	return q.control(ident, unix.EVFILT_USER, unix.EV_ADD|unix.EV_CLEAR)
}

// ring is called by any thread.
func (*alarm) ring(kqueue int) {
	var change [1]unix.Kevent_t
	unix.SetKevent(&change[0], ident, unix.EVFILT_USER, 0)
	change[0].Fflags = unix.NOTE_TRIGGER
	_, _ = unix.Kevent(kqueue, change[:], nil, nil)
}

func (*alarm) rang()  {}
func (*alarm) close() {}
