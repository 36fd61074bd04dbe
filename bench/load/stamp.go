//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"

	"github.com/raon-engine/raon/bench/wire"
)

// A payload starts with a stamp: the sender's index u32, its sequence number
// u32, the moment it counts from i64. The rest is a slice of a fixed random
// pattern that the sequence number chooses.
const (
	stampBytes   = 16
	patternShift = 256
)

type stamp struct {
	sender, seq uint32
	at          int64
}

// stamper writes and checks frames of one size.
type stamper struct {
	size    int
	pattern []byte
}

func newStamper(payload int) *stamper {
	s := &stamper{size: wire.HeaderBytes + payload, pattern: make([]byte, payload+patternShift)}
	random := rand.NewChaCha8([32]byte{1})
	_, _ = random.Read(s.pattern)
	return s
}

// append adds one frame to p, which has the capacity.
func (s *stamper) append(p []byte, st stamp) []byte {
	n := len(p)
	p = p[:n+s.size]
	f := p[n:]
	wire.PutHeader(f, s.size, st.id())
	body := f[wire.HeaderBytes:]
	binary.LittleEndian.PutUint32(body, st.sender)
	binary.LittleEndian.PutUint32(body[4:], st.seq)
	binary.LittleEndian.PutUint64(body[8:], uint64(st.at))
	copy(body[stampBytes:], s.tail(st.seq))
	return p
}

// read takes the frame at the start of f, which is whole; what it finds wrong
// is not empty.
func (s *stamper) read(f []byte) (st stamp, wrong string) {
	if len(f) != s.size {
		return st, "size"
	}
	body := f[wire.HeaderBytes:]
	st.sender = binary.LittleEndian.Uint32(body)
	st.seq = binary.LittleEndian.Uint32(body[4:])
	st.at = int64(binary.LittleEndian.Uint64(body[8:]))
	if wire.ID(f) != st.id() {
		return st, "id"
	}
	if !bytes.Equal(body[stampBytes:], s.tail(st.seq)) {
		return st, "payload"
	}
	return st, ""
}

func (s *stamper) tail(seq uint32) []byte {
	from := int(seq % patternShift)
	return s.pattern[from : from+s.size-wire.HeaderBytes-stampBytes]
}

func (st stamp) id() uint16 { return uint16(st.seq*31 + st.sender) }
