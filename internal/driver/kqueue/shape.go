//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package kqueue

import (
	"syscall"

	"github.com/raon-engine/raon/internal/driver/ready"
)

// filter is what an event is about, whatever number the system has for it.
type filter uint8

const (
	otherFilter filter = iota // an interrupt
	readFilter                // EVFILT_READ
	writeFilter               // EVFILT_WRITE
)

// shape is a kernel's event without its types, which differ among the systems.
// It can be looked at, and tested, everywhere.
type shape struct {
	filter filter
	ended  bool          // EV_EOF: that direction has been shut down
	failed syscall.Errno // with EV_EOF: the socket's error, 0 for an orderly end
	broken bool          // EV_ERROR: the event is about a change that failed
}

// what translates an event. EV_EOF on the reading side comes together with bytes
// that are still to be read; on the writing side it says that nobody will read
// what is written, or that a connect failed.
func (s shape) what() (w ready.What) {
	switch s.filter {
	case readFilter:
		w = ready.Readable
		if s.ended {
			w |= ready.PeerDone
		}
	case writeFilter:
		w = ready.Writable
		if s.ended {
			w |= ready.Broken
		}
	default:
		return 0
	}
	if s.failed != 0 || s.broken {
		w |= ready.Broken
	}
	return w
}
