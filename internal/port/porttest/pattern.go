package porttest

import "encoding/binary"

// pattern is an endless stream of bytes that differs by seed and by position
// and never repeats within a test. The zero seed means that bytes are counted
// but not compared.
type pattern struct {
	seed uint64
	pos  int
}

// word is group number i of eight bytes of the pattern of a seed (splitmix64).
func word(seed uint64, i int) uint64 {
	z := (seed<<40 + uint64(i) + 1) * 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// at is the byte at position i.
func (p *pattern) at(i int) byte { return byte(word(p.seed, i/8) >> (i % 8 * 8)) }

// fill writes the bytes that follow to b, and goes on.
func (p *pattern) fill(b []byte) {
	i := 0
	for ; i < len(b) && (p.pos+i)%8 != 0; i++ {
		b[i] = p.at(p.pos + i)
	}
	for seed, first := p.seed, (p.pos+i)/8-i/8; i+8 <= len(b); i += 8 {
		binary.LittleEndian.PutUint64(b[i:], word(seed, first+i/8))
	}
	for ; i < len(b); i++ {
		b[i] = p.at(p.pos + i)
	}
	p.pos += len(b)
}

// match goes on over the bytes of b, and tells the index of the first that is
// not the pattern's, or -1.
func (p *pattern) match(b []byte) int {
	i := 0
	if p.seed == 0 {
		i = len(b)
	}
	for ; i < len(b) && (p.pos+i)%8 != 0; i++ {
		if b[i] != p.at(p.pos+i) {
			return i
		}
	}
	for seed, first := p.seed, (p.pos+i)/8-i/8; i+8 <= len(b); i += 8 {
		if binary.LittleEndian.Uint64(b[i:]) != word(seed, first+i/8) {
			break
		}
	}
	for ; i < len(b); i++ {
		if b[i] != p.at(p.pos+i) {
			return i
		}
	}
	p.pos += len(b)
	return -1
}

// take is the next n bytes in memory of their own.
func (p *pattern) take(n int) []byte {
	b := make([]byte, n)
	p.fill(b)
	return b
}
