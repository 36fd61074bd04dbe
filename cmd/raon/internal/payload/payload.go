// Package payload fills the payloads of test frames so that every byte that
// comes back can be checked, without keeping what was sent.
package payload

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The layout, little endian: u32 sender, u32 check, u64 sequence, i64 time,
// then a pattern up to the end. Check and pattern depend on everything else
// and on the length, so a payload cut short or mixed from two is found too.
const (
	senderAt  = 0
	checkAt   = 4
	seqAt     = 8
	timeAt    = 16
	patternAt = 24

	MinBytes = patternAt // a stamp with no pattern behind it
)

// ErrCorrupt is what Check returns, with the place, for bytes that were not
// sent so.
var ErrCorrupt = errors.New("corrupt payload")

// Stamp says where a frame comes from.
type Stamp struct {
	Sender uint32 // index of the sending session
	Seq    uint64 // counts the sender's frames from 0
	TimeNs int64  // when it was sent, or was due to be, on the sender's clock
}

// Seed tells one run's payloads from another's. Its methods may be called from
// any goroutine and allocate only for an error.
type Seed uint64

// Fill writes s and its pattern over all of dst, MinBytes at least.
func (seed Seed) Fill(dst []byte, s Stamp) {
	state := seed.state(s, len(dst))
	binary.LittleEndian.PutUint32(dst[senderAt:], s.Sender)
	binary.LittleEndian.PutUint32(dst[checkAt:], uint32(state))
	binary.LittleEndian.PutUint64(dst[seqAt:], s.Seq)
	binary.LittleEndian.PutUint64(dst[timeAt:], uint64(s.TimeNs))
	rest := dst[patternAt:]
	for len(rest) >= 8 {
		state = next(state)
		binary.LittleEndian.PutUint64(rest, state)
		rest = rest[8:]
	}
	state = next(state)
	for i := range rest {
		rest[i] = byte(state >> (8 * i))
	}
}

// Check reads the stamp of src and compares every byte with what Fill wrote.
func (seed Seed) Check(src []byte) (Stamp, error) {
	if len(src) < MinBytes {
		return Stamp{}, fmt.Errorf("%w: %d bytes, at least %d were sent", ErrCorrupt, len(src), MinBytes)
	}
	s := Stamp{
		Sender: binary.LittleEndian.Uint32(src[senderAt:]),
		Seq:    binary.LittleEndian.Uint64(src[seqAt:]),
		TimeNs: int64(binary.LittleEndian.Uint64(src[timeAt:])),
	}
	state := seed.state(s, len(src))
	if binary.LittleEndian.Uint32(src[checkAt:]) != uint32(state) {
		return s, fmt.Errorf("%w: the check of its stamp and length does not match", ErrCorrupt)
	}
	if at := firstWrong(src[patternAt:], state); at >= 0 {
		return s, fmt.Errorf("%w: byte %d of %d", ErrCorrupt, patternAt+at, len(src))
	}
	return s, nil
}

// firstWrong is the index of the first byte of pattern that is not what state
// leads to, -1 if there is none.
func firstWrong(pattern []byte, state uint64) int {
	rest := pattern
	for len(rest) >= 8 {
		state = next(state)
		if binary.LittleEndian.Uint64(rest) != state {
			break
		}
		rest = rest[8:]
	}
	if len(rest) < 8 {
		state = next(state)
	}
	for i := range min(len(rest), 8) {
		if rest[i] != byte(state>>(8*i)) {
			return len(pattern) - len(rest) + i
		}
	}
	return -1
}

// state is where the pattern of a payload of length bytes begins.
func (seed Seed) state(s Stamp, length int) uint64 {
	h := mix(uint64(seed) ^ uint64(s.Sender)<<32 ^ uint64(length))
	h = mix(h ^ s.Seq)
	return mix(h ^ uint64(s.TimeNs))
}

// mix is the finalizer of SplitMix64 (Steele, Lea, Flood, "Fast Splittable
// Pseudorandom Number Generators", 2014): each input bit moves every output bit.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// next is one step of a 64-bit linear congruential generator (Knuth's MMIX).
// It is cheap, and a pattern need not be random, only different everywhere.
func next(x uint64) uint64 { return x*6364136223846793005 + 1442695040888963407 }
