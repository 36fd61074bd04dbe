//go:build darwin || dragonfly || freebsd

package kqueue

import "golang.org/x/sys/unix"

// alarm is EVFILT_USER: an event that a program makes itself. With EV_CLEAR it
// is over when it was reported.
type alarm struct{ kq int }

func (a *alarm) open(kq int) error {
	a.kq = kq
	return change(kq, 0, unix.EVFILT_USER, unix.EV_ADD|unix.EV_CLEAR, 0)
}

// ring makes the event. Any thread.
func (a *alarm) ring() { _ = change(a.kq, 0, unix.EVFILT_USER, 0, unix.NOTE_TRIGGER) }

// rang tells whether ev is this event.
func (a *alarm) rang(ev *unix.Kevent_t) bool { return ev.Filter == unix.EVFILT_USER }

// answer has nothing to do.
func (a *alarm) answer() {}

// close has nothing to do: the event belongs to the kqueue.
func (a *alarm) close() {}
