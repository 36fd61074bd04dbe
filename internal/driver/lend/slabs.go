package lend

import (
	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

const (
	slabBytes   = 128 << 10
	slabsMost   = 64
	loanAlign   = 64      // loans begin on a cache line of their own
	readAtLeast = 4 << 10 // take a fresh slab rather than read into less
	ownSlab     = 64      // up to so many buffers have a slab each
)

// Slabs lends receive buffers out of a few slabs. A read goes into what is
// left of the active slab and keeps only what it filled, so that small reads
// pack densely. A slab is empty again when all its loans are back; one that is
// never lent out in full stays the same warm memory.
type Slabs struct {
	slabs  []slab
	empty  []uint32 // slabs without loans, besides the active one
	active int      // index of the slab that is read into, -1 when there is none

	slabBytes int // of one slab
	slabsMost int
	loanBytes int // at most in one loan
	loansMost int
	whole     bool // a slab is one loan
	lent      int
}

// slab is memory, divided into units of loanAlign bytes.
type slab struct {
	memory []byte
	begins []uint64 // a bit per unit: a loan begins there
	used   int
	loans  int
}

// New sizes the slabs. A small RecvBuffers is kept to the letter: so
// many slabs, one loan each. A large one bounds the loans and the memory.
func New(opts port.PortOptions) Slabs {
	b := Slabs{active: -1, slabBytes: slabBytes, slabsMost: slabsMost, loanBytes: port.PassBytes}
	if opts.RecvBufferBytes > 0 {
		b.loanBytes = opts.RecvBufferBytes
	}
	b.slabBytes = max(b.slabBytes, b.loanBytes)
	b.loansMost = b.slabsMost * b.slabBytes / loanAlign
	switch {
	case opts.RecvBuffers == 0:
	case opts.RecvBuffers <= ownSlab:
		b.whole, b.slabBytes, b.slabsMost, b.loansMost = true, b.loanBytes, opts.RecvBuffers, opts.RecvBuffers
	default:
		b.loansMost = opts.RecvBuffers
		b.slabsMost = max(2, (opts.RecvBuffers*b.loanBytes+b.slabBytes-1)/b.slabBytes)
	}
	return b
}

// Room tells whether Space would find some.
func (b *Slabs) Room() bool {
	if b.lent >= b.loansMost {
		return false
	}
	return len(b.empty) > 0 || len(b.slabs) < b.slabsMost || b.left() > 0
}

// left is how much of the active slab is free.
func (b *Slabs) left() int {
	if b.active < 0 {
		return 0
	}
	s := &b.slabs[b.active]
	return len(s.memory) - s.used
}

// Space is memory to read into, at most limit bytes, nil when all is lent out.
// It stays free until Lend.
func (b *Slabs) Space(limit int) []byte {
	if b.lent >= b.loansMost {
		return nil
	}
	if b.left() < min(readAtLeast, b.slabBytes) {
		b.change()
	}
	n := min(b.left(), b.loanBytes, limit)
	if n == 0 {
		return nil
	}
	s := &b.slabs[b.active]
	return s.memory[s.used : s.used+n : s.used+n]
}

// change makes another slab the active one, if there is another.
func (b *Slabs) change() {
	switch {
	case len(b.empty) > 0:
		b.active = int(b.empty[len(b.empty)-1])
		b.empty = b.empty[:len(b.empty)-1]
	case len(b.slabs) < b.slabsMost:
		b.slabs = append(b.slabs, slab{
			memory: make([]byte, b.slabBytes),
			begins: make([]uint64, (b.units()+63)/64),
		})
		b.active = len(b.slabs) - 1
	}
}

// units is how many loans could begin in a slab.
func (b *Slabs) units() int { return (b.slabBytes + loanAlign - 1) / loanAlign }

// Lend lends the first n bytes of the last Space. The buffer's ID is the number
// of its first unit, counted over all slabs.
func (b *Slabs) Lend(n int) port.Buf {
	s := &b.slabs[b.active]
	data := s.memory[s.used : s.used+n : s.used+n]
	unit := s.used / loanAlign
	s.begins[unit/64] |= 1 << (unit % 64)
	s.used = min(s.used+(n+loanAlign-1)/loanAlign*loanAlign, len(s.memory))
	if b.whole {
		s.used = len(s.memory)
	}
	s.loans++
	b.lent++
	return port.Buf{Data: data, ID: uint32(b.active*b.units() + unit)}
}

// Release takes a loan back. Giving one back twice would hand the same memory
// to two connections, so it is found out always.
func (b *Slabs) Release(buf port.Buf) {
	index, unit := int(buf.ID)/b.units(), int(buf.ID)%b.units()
	invariant.Check(index < len(b.slabs), "released a buffer of another port")
	s := &b.slabs[index]
	bit := uint64(1) << (unit % 64)
	invariant.Check(s.begins[unit/64]&bit != 0, "released a buffer that is not lent")
	invariant.Poison(buf.Data)
	s.begins[unit/64] &^= bit
	s.loans--
	b.lent--
	if s.loans > 0 {
		return
	}
	s.used = 0
	if index != b.active {
		b.empty = append(b.empty, uint32(index))
	}
}

// Lent is how many buffers are lent now.
func (b *Slabs) Lent() int { return b.lent }
