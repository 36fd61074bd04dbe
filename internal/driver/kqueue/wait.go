//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package kqueue

import (
	"time"

	"golang.org/x/sys/unix"
)

// longest is a wait that every system takes: some refuse times that their clock
// cannot count. A Poll that waits longer comes back here.
const longest = 24 * time.Hour

// wait is kevent(2) without a change. A negative wait has no limit. When a
// signal cuts it short there are no events; nor are there with ETIMEDOUT, which
// Darwin gives now and then.
func (q *queue) wait(events []unix.Kevent_t, wait time.Duration) (int, error) {
	limit := unix.NsecToTimespec(int64(min(max(wait, 0), longest)))
	until := &limit
	if wait < 0 {
		until = nil
	}
	n, err := unix.Kevent(q.kq, nil, events, until)
	switch err {
	case nil:
		return n, nil
	case unix.EINTR, unix.ETIMEDOUT:
		return 0, nil
	}
	return 0, err
}
