package sim

import (
	"bytes"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

// lender has the receive buffers of a port. A buffer is made when it is first
// needed. One that is not lent is poisoned, so that who reads it after Release
// sees nonsense, and who writes to it is found out when it is lent again.
type lender struct {
	size  int
	made  []lendable
	idle  []uint32 // made and not lent, last released first lent
	limit int
}

type lendable struct {
	data []byte
	used int // bytes of the last loan
	lent bool
}

// poison is what a buffer holds that nobody may read.
const poison = 0xDB

var poisoned = bytes.Repeat([]byte{poison}, 4<<10)

func (l *lender) init(count, size int) { l.limit, l.size = count, size }

// empty tells whether all buffers are lent.
func (l *lender) empty() bool { return l.free() == 0 }

// free is how many buffers can be lent.
func (l *lender) free() int { return len(l.idle) + l.limit - len(l.made) }

// lend lends a buffer for n bytes; the caller has asked empty.
func (l *lender) lend(n int) port.Buf {
	var id uint32
	if k := len(l.idle); k > 0 {
		id = l.idle[k-1]
		l.idle = l.idle[:k-1]
	} else {
		id = uint32(len(l.made))
		l.made = append(l.made, lendable{data: make([]byte, l.size)})
	}
	b := &l.made[id]
	invariant.Check(isPoisoned(b.data[:b.used]), "sim: a receive buffer was written to after its release")
	b.used, b.lent = n, true
	return port.Buf{Data: b.data[:n:n], ID: id}
}

// takeBack ends a loan.
func (l *lender) takeBack(b port.Buf) {
	if int(b.ID) >= len(l.made) || !l.made[b.ID].lent {
		invariant.Failf("sim: Release of buffer %d, which is not lent", b.ID)
	}
	have := &l.made[b.ID]
	have.lent = false
	for rest := have.data[:have.used]; len(rest) > 0; {
		rest = rest[copy(rest, poisoned):]
	}
	l.idle = append(l.idle, b.ID)
}

func isPoisoned(b []byte) bool {
	for len(b) > len(poisoned) {
		if !bytes.Equal(b[:len(poisoned)], poisoned) {
			return false
		}
		b = b[len(poisoned):]
	}
	return bytes.Equal(b, poisoned[:len(b)])
}
