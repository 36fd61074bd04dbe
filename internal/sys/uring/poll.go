//go:build linux

package uring

import "unsafe"

// PollMask is a set of poll(2) events in the form of OpPollAdd's OpFlags, whose
// halves are swapped on big-endian machines.
func PollMask(events uint32) uint32 {
	if littleEndian {
		return events
	}
	return events<<16 | events>>16
}

var littleEndian = func() bool {
	one := uint16(1)
	return *(*byte)(unsafe.Pointer(&one)) == 1
}()
