//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package ready

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// slot is one attachment.
type slot struct {
	ref    port.Ref
	object port.Object
	ops    [port.Lanes]*port.Op // pending, until Poll has returned their end
	link   [2]link              // in the lists of slots to serve, by lane
	file   *fileQueue           // of KindFile

	fd      int32
	pending int32 // ops pending in the lanes that read and write, and file ops
	pass    uint64
	told    time.Duration // when ErrTooManyFiles was last told of
	failed  unix.Errno    // what a Send or Connect learned about the connection
	kind    port.Kind

	readable bool // a read may find something
	drain    bool // the peer's end was seen: only an empty read means empty
	writing  bool // the write interest is registered
	closing  bool // an OpDisconnect that closes is pending
	closed   bool // and has closed the handle
	retrying bool // in Port.retries
	inUse    bool
}

// op is the operation that waits for lane to become ready, nil when there is
// none or it has ended and its event is on the way.
func (s *slot) op(lane port.Lane) *port.Op {
	if op := s.ops[lane]; op != nil && op.Driver.Flags&flagEnded == 0 {
		return op
	}
	return nil
}

const chunkSlots = 256

// table holds the slots, in chunks so that a slot never moves and memory
// follows use.
type table struct {
	chunks []*[chunkSlots]slot
	free   []uint32 // indices, the last one used first
	made   int      // slots that were ever in use
	most   int
	used   int
}

// take makes a slot's next generation, nil when all are in use.
func (t *table) take() *slot {
	index := uint32(t.made)
	switch {
	case len(t.free) > 0:
		index = t.free[len(t.free)-1]
		t.free = t.free[:len(t.free)-1]
	case t.made < t.most:
		if t.made%chunkSlots == 0 {
			t.chunks = append(t.chunks, new([chunkSlots]slot))
		}
		t.made++
	default:
		return nil
	}
	s := &t.chunks[index/chunkSlots][index%chunkSlots]
	*s = slot{ref: port.MakeRef(index, max(s.ref.Generation()+1, 1)), inUse: true}
	t.used++
	return s
}

// give ends the slot's generation.
func (t *table) give(s *slot) {
	*s = slot{ref: s.ref}
	t.free = append(t.free, s.ref.Slot())
	t.used--
}

// find is the attachment that ref means, nil when it is gone.
func (t *table) find(ref port.Ref) *slot {
	index := ref.Slot()
	if index >= uint32(t.made) {
		return nil
	}
	if s := &t.chunks[index/chunkSlots][index%chunkSlots]; s.ref == ref && s.inUse {
		return s
	}
	return nil
}

// each calls fn for every slot in use.
func (t *table) each(fn func(*slot)) {
	for i := range t.made {
		if s := &t.chunks[i/chunkSlots][i%chunkSlots]; s.inUse {
			fn(s)
		}
	}
}

// bytes is the memory that the table has taken.
func (t *table) bytes() int {
	return len(t.chunks)*int(unsafe.Sizeof([chunkSlots]slot{})) + cap(t.free)*int(unsafe.Sizeof(uint32(0)))
}
