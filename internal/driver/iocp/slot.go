//go:build windows

package iocp

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/winsock"
)

// The completion keys. A slot's is its index and keySlot.
const (
	keyWake uintptr = iota
	keyTimer
	keySlot
)

// records are what the kernel has of a slot: one for each lane that reads or
// writes. They are outside the Go heap.
type records [2]windows.Overlapped

// slot is one attachment.
type slot struct {
	ref      port.Ref
	object   port.Object
	ops      [port.Lanes]*port.Op // pending, until Poll has returned their end
	records  *records
	listener *listener     // of KindListener
	file     *fileQueue    // of KindFile
	wait     *winsock.Wait // of KindOther, while an OpPreRecv is pending

	handle  windows.Handle
	pending int32 // ops pending in the lanes that read and write, and file ops
	pass    uint64
	failed  syscall.Errno // what a Send or Connect learned about the connection
	kind    port.Kind

	posted   [2]bool // the kernel has the lane's record
	lined    [2]bool // in a line of the lane, which may be a remainder of the slot's last use
	readable bool    // a read may find something
	closing  bool    // an OpDisconnect that closes is pending
	closed   bool    // and has closed the handle
	inUse    bool
}

// op is the operation that the lane is to go on with, nil when there is none or
// it has ended and its event is on the way.
func (s *slot) op(lane port.Lane) *port.Op {
	if op := s.ops[lane]; op != nil && op.Driver.Flags&flagEnded == 0 {
		return op
	}
	return nil
}

// key is the completion key of s.
func (s *slot) key() uintptr { return uintptr(s.ref.Slot()) + keySlot }

// record is the lane's OVERLAPPED, cleared for a new use.
func (s *slot) record(lane port.Lane) *windows.Overlapped {
	ov := &s.records[lane]
	*ov = windows.Overlapped{}
	return ov
}

const chunkSlots = 256

// chunk is some slots and their records.
type chunk struct {
	slots   [chunkSlots]slot
	memory  []byte // of the records, to be freed
	records *[chunkSlots]records
}

// table holds the slots, in chunks so that a slot never moves and memory
// follows use.
type table struct {
	chunks []*chunk
	free   []uint32 // indices, the last one used first
	made   int      // slots that were ever in use
	most   int
	used   int
}

// take makes a slot's next generation, nil when all are in use or the system
// has no memory for more.
func (t *table) take() *slot {
	index := uint32(t.made)
	switch {
	case len(t.free) > 0:
		index = t.free[len(t.free)-1]
		t.free = t.free[:len(t.free)-1]
	case t.made < t.most:
		if t.made%chunkSlots == 0 && !t.grow() {
			return nil
		}
		t.made++
	default:
		return nil
	}
	c := t.chunks[index/chunkSlots]
	s := &c.slots[index%chunkSlots]
	*s = slot{
		ref:     port.MakeRef(index, max(s.ref.Generation()+1, 1)),
		records: &c.records[index%chunkSlots],
		lined:   s.lined, inUse: true,
	}
	t.used++
	return s
}

func (t *table) grow() bool {
	memory, err := winsock.Alloc(int(unsafe.Sizeof([chunkSlots]records{})))
	if err != nil {
		return false
	}
	t.chunks = append(t.chunks, &chunk{
		memory:  memory,
		records: (*[chunkSlots]records)(unsafe.Pointer(unsafe.SliceData(memory))),
	})
	return true
}

// give ends the slot's generation.
func (t *table) give(s *slot) {
	*s = slot{ref: s.ref, lined: s.lined}
	t.free = append(t.free, s.ref.Slot())
	t.used--
}

// find is the attachment that ref means, nil when it is gone.
func (t *table) find(ref port.Ref) *slot {
	if s := t.at(ref.Slot()); s != nil && s.ref == ref {
		return s
	}
	return nil
}

// at is the attachment with that index, nil when there is none.
func (t *table) at(index uint32) *slot {
	if index >= uint32(t.made) {
		return nil
	}
	if s := &t.chunks[index/chunkSlots].slots[index%chunkSlots]; s.inUse {
		return s
	}
	return nil
}

// each calls fn for every slot in use.
func (t *table) each(fn func(*slot)) {
	for i := range t.made {
		if s := t.at(uint32(i)); s != nil {
			fn(s)
		}
	}
}

// bytes is the memory that the table has taken, records included.
func (t *table) bytes() int {
	const each = int(unsafe.Sizeof(chunk{}) + unsafe.Sizeof([chunkSlots]records{}))
	return len(t.chunks)*each + cap(t.free)*int(unsafe.Sizeof(uint32(0)))
}

// release frees the records. The kernel must have none of them.
func (t *table) release() {
	for _, c := range t.chunks {
		winsock.Free(c.memory)
	}
	*t = table{}
}
