package kqueue

import (
	"github.com/raon-engine/raon/internal/driver/ready"
	"github.com/raon-engine/raon/internal/port"
)

// filter is what a kevent is about. The systems number them differently.
type filter uint8

const (
	filterOther filter = iota // the alarm
	filterRead
	filterWrite
)

// The bits of a kevent's flags, which all systems number alike.
const (
	flagError uint32 = 0x4000 // EV_ERROR
	flagEOF   uint32 = 0x8000 // EV_EOF
)

// event is a kevent in one form for all systems. How many bytes there are to be
// read is left out: the system call decides.
type event struct {
	filter filter
	flags  uint32
	fflags uint32   // with flagEOF, the socket's pending error
	ref    port.Ref // of the descriptor
}

// edge translates e, which may be about nothing that is attached.
func (e event) edge() (edge ready.Edge, ok bool) {
	var what ready.What
	switch {
	case e.filter == filterOther || e.ref == 0:
		return ready.Edge{}, false
	case e.flags&flagError != 0: // of a change, which is not made here; look at all
		what = ready.Readable | ready.Writable | ready.Broken
	case e.filter == filterRead:
		what = ready.Readable
		if e.flags&flagEOF != 0 {
			what |= ready.PeerDone
		}
	default:
		// The end of the sending half alone says nothing about reading.
		what = ready.Writable
	}
	if e.flags&flagEOF != 0 && e.fflags != 0 {
		what |= ready.Broken
	}
	return ready.Edge{Ref: e.ref, What: what}, true
}
