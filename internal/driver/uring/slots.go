//go:build linux

package uring

import (
	"unsafe"

	"github.com/raon-engine/raon/internal/port"
)

// slot is one attachment. It has no buffers, so that an idle session costs
// nothing else. All fields belong to the port's thread.
//
// A file's ops do not occupy lanes: ops[LaneRead] is the one that runs,
// ops[LaneWrite] the last of those that wait, in a ring through Driver.Next.
type slot struct {
	object port.Object
	ops    [port.Lanes]*port.Op
	armed  [port.LaneEnd]uint32 // stamp of the lane's request in the kernel, 0 for none
	stamp  uint32               // the last one given out
	index  uint32               // this slot's own
	gen    uint32
	fd     int32
	next   uint32 // in the list that the slot is in
	prev   uint32

	pass      uint32 // the last Poll that returned bytes
	passBytes uint32 // and how many
	fullMs    uint32 // when the listener last told that descriptors ran out

	broken  uint16    // error number that ended a Send, 0 for none
	kind    port.Kind // 0: free
	list    listID
	closing bool // HowClose or HowAbort is pending
}

// chunkSlots is how many slots the table grows by: 28 KiB.
const chunkSlots = 256

// noSlot ends a list.
const noSlot = ^uint32(0)

// slots is the table of attachments. It grows in chunks that never move, and
// never shrinks.
type slots struct {
	chunks []*[chunkSlots]slot
	free   list
	used   int
	limit  int
}

// at is the slot with index i, which must have been made.
func (t *slots) at(i uint32) *slot { return &t.chunks[i/chunkSlots][i%chunkSlots] }

// find is the attachment that ref names, nil when it is gone.
func (t *slots) find(ref port.Ref) *slot {
	if i := ref.Slot(); int(i) < t.len() {
		if s := t.at(i); s.gen == ref.Generation() && s.kind != 0 {
			return s
		}
	}
	return nil
}

// len is how many slots were made.
func (t *slots) len() int { return len(t.chunks) * chunkSlots }

// bytes is the memory of the table.
func (t *slots) bytes() int { return t.len() * int(unsafe.Sizeof(slot{})) }

// take makes a free slot an attachment, nil when the limit is reached.
func (t *slots) take() *slot {
	if t.used == t.limit {
		return nil
	}
	if t.free.empty() {
		t.grow()
	}
	t.used++
	return t.free.pop(t)
}

func (t *slots) grow() {
	base := uint32(t.len())
	t.chunks = append(t.chunks, new([chunkSlots]slot))
	for i := range uint32(chunkSlots) {
		s := t.at(base + i)
		s.index, s.gen = base+i, 1
		t.free.push(t, s)
	}
}

// give frees a slot; refs to it are void from now on. Stamps go on.
func (t *slots) give(s *slot) {
	gen := s.gen + 1
	if gen == 0 {
		gen = 1
	}
	*s = slot{index: s.index, gen: gen, stamp: s.stamp}
	t.used--
	t.free.push(t, s)
}

// arm gives the lane's next request its token.
func (s *slot) arm(lane port.Lane) token {
	if s.stamp++; s.stamp == 0 {
		s.stamp = 1
	}
	s.armed[lane] = s.stamp
	return s.token(lane)
}

// token names the lane's request in the kernel.
func (s *slot) token(lane port.Lane) token { return makeToken(s.index, int(lane), s.armed[lane]) }

// idle tells whether nothing but a Disconnect is pending.
func (s *slot) idle() bool { return s.ops[port.LaneRead] == nil && s.ops[port.LaneWrite] == nil }

func (s *slot) ref() port.Ref { return port.MakeRef(s.index, s.gen) }
