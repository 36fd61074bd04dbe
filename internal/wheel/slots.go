package wheel

import (
	"math/bits"

	"github.com/raon-engine/raon/internal/invariant"
)

// The shape of the wheel. Its 48 bits of ticks are more than there are between
// any two Durations, given that a tick lasts MinTick or longer.
const (
	levels    = 8
	levelBits = 6
	perLevel  = 1 << levelBits
	slotMask  = perLevel - 1
)

// slots holds all pending timers: a circular list for each slot, the slots of
// level 0 first, and what is occupied.
type slots struct {
	first    [levels * perLevel]*Timer
	occupied [levels]uint64 // a bit for each slot
	inUse    uint8          // a bit for each level with an occupied slot
}

// append puts t at the end of the slot with that index.
func (s *slots) append(t *Timer, index uint16) {
	t.slot = index
	head := s.first[index]
	if head == nil {
		t.next, t.prev = t, t
		s.first[index] = t
		level := index / perLevel
		s.occupied[level] |= 1 << (index & slotMask)
		s.inUse |= 1 << level
		return
	}
	t.next, t.prev = head, head.prev
	head.prev.next = t
	head.prev = t
}

// remove takes t out of its slot.
func (s *slots) remove(t *Timer) {
	head := s.first[t.slot]
	invariant.Check(head != nil, "a timer of another wheel")
	if t.next == t {
		invariant.Check(head == t, "a timer of another wheel")
		s.vacate(t.slot)
	} else {
		t.next.prev, t.prev.next = t.prev, t.next
		if head == t {
			s.first[t.slot] = t.next
		}
	}
	t.next, t.prev = nil, nil
}

// vacate marks the slot as empty.
func (s *slots) vacate(index uint16) {
	level := index / perLevel
	s.first[index] = nil
	s.occupied[level] &^= 1 << (index & slotMask)
	if s.occupied[level] == 0 {
		s.inUse &^= 1 << level
	}
}

// earliest is the index of the first occupied slot. The lowest level in use has
// it: whatever waits on a higher level lies beyond the present slot of that
// level, and with that beyond everything below.
func (s *slots) earliest() (index uint16, ok bool) {
	if s.inUse == 0 {
		return 0, false
	}
	level := bits.TrailingZeros8(s.inUse)
	slot := bits.TrailingZeros64(s.occupied[level])
	return uint16(level*perLevel + slot), true
}

// indexOf is the slot for tick, seen from the present tick: on the level of the
// highest bit in which the two differ.
func indexOf(tick, present uint64) uint16 {
	level := max(0, bits.Len64(tick^present)-1) / levelBits
	return uint16(level*perLevel) + uint16(tick>>(level*levelBits)&slotMask)
}

// startOf is the first tick of the slot with that index, the slot being no
// earlier than the present tick.
func startOf(index uint16, present uint64) uint64 {
	shift := index / perLevel * levelBits
	above := present >> shift &^ slotMask
	return (above | uint64(index&slotMask)) << shift
}
