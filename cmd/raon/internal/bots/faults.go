package bots

import (
	"errors"
	"fmt"
	"strings"
	"sync"
)

// faultKind is a way in which a run can go wrong.
type faultKind uint8

const (
	connectFailed faultKind = iota
	disconnected
	notJoined
	sendFailed
	badFrame
	foreign
	repeated
	skipped
	missing

	faultKinds
)

var faultNames = [faultKinds]string{
	"failed connects", "unexpected disconnects", "sessions not in the room", "failed sends",
	"corrupt frames", "frames of others", "frames repeated or out of order",
	"frames skipped", "deliveries missing at the end",
}

// faults counts what went wrong and keeps the first example of each kind. Any
// goroutine may add.
type faults struct {
	mu struct {
		sync.Mutex
		counts [faultKinds]uint64
		first  [faultKinds]string
	}
}

// add counts n faults of a kind. The example is written for the first only.
func (f *faults) add(kind faultKind, n uint64, format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.mu.counts[kind] == 0 {
		f.mu.first[kind] = fmt.Sprintf(format, args...)
	}
	f.mu.counts[kind] += n
}

// any tells whether something has gone wrong.
func (f *faults) any() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.mu.counts != [faultKinds]uint64{}
}

// err sums up all faults in one line; nil when there are none.
func (f *faults) err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var parts []string
	for kind, n := range f.mu.counts {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s (first: %s)", n, faultNames[kind], f.mu.first[kind]))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return errors.New(strings.Join(parts, "; "))
}
