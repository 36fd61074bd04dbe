//go:build netbsd || openbsd

package kqueue

import "golang.org/x/sys/unix"

// alarm is a pipe that the kqueue watches. Each write to it is an event, and
// answer empties it, so that it never fills up.
//
// Emptying may take bytes whose event has not been reported, which then is not:
// they were written to end the Wait that is over. Who wants to end the next one
// is not asked to before that begins, see the flag of package ready.
type alarm struct{ read, write int }

func (a *alarm) open(kq int) error {
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		return err
	}
	a.read, a.write = fds[0], fds[1]
	if err := change(kq, a.read, unix.EVFILT_READ, unix.EV_ADD|unix.EV_CLEAR, 0); err != nil {
		a.close()
		return err
	}
	return nil
}

// ring writes a byte. It finds room, see answer. Any thread.
func (a *alarm) ring() {
	one := [1]byte{1}
	for {
		if _, err := unix.Write(a.write, one[:]); err != unix.EINTR {
			return
		}
	}
}

// rang tells whether ev is about the pipe.
func (a *alarm) rang(ev *unix.Kevent_t) bool { return int(ev.Ident) == a.read }

// answer empties the pipe.
func (a *alarm) answer() {
	var bytes [64]byte
	for {
		if n, err := unix.Read(a.read, bytes[:]); n < len(bytes) && err != unix.EINTR {
			return
		}
	}
}

func (a *alarm) close() {
	_ = unix.Close(a.read)
	_ = unix.Close(a.write)
}
