//go:build netbsd || openbsd

package kqueue

import "golang.org/x/sys/unix"

// alarm interrupts a kqueue by a pipe, where EVFILT_USER is missing or new.
// Nothing else may be registered for its descriptors.
type alarm struct {
	read, write int
	drain       [64]byte
}

func (a *alarm) open(q *queue) error {
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		return err
	}
	a.read, a.write = ends[0], ends[1]
	if err := q.control(a.read, unix.EVFILT_READ, unix.EV_ADD|unix.EV_CLEAR); err != nil {
		a.close()
		return err
	}
	return nil
}

// ring is called by any thread. A pipe that is full rings already.
func (a *alarm) ring(int) { _, _ = unix.Write(a.write, a.drain[:1]) }

// rang empties the pipe, so that the next byte makes an edge.
func (a *alarm) rang() {
	for {
		if n, err := unix.Read(a.read, a.drain[:]); n < len(a.drain) || err != nil {
			return
		}
	}
}

func (a *alarm) close() {
	_ = unix.Close(a.read)
	_ = unix.Close(a.write)
}
