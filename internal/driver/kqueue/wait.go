//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package kqueue

import (
	"time"

	"golang.org/x/sys/unix"
)

// longest is what every kernel takes for a limit.
const longest = 24 * time.Hour

// wait is kevent(2) for events only.
func (q *queue) wait(wait time.Duration) (int, error) {
	until := &q.limit
	if wait < 0 {
		until = nil
	} else {
		q.limit = unix.NsecToTimespec(int64(min(wait, longest)))
	}
	n, err := unix.Kevent(q.kqueue, nil, q.events[:], until)
	if err != nil {
		return 0, err
	}
	return n, nil
}
