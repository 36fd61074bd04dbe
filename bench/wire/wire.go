// Package wire is the framing all servers and the load generator share: a u16
// little-endian total size, header included, a u16 id, then the payload.
package wire

import "encoding/binary"

const (
	HeaderBytes   = 4
	MaxFrameBytes = 1<<16 - 1
)

// Complete returns the length of the longest prefix of p that is made of whole
// frames, or -1 when a size is smaller than a header.
func Complete(p []byte) int {
	n := 0
	for n+2 <= len(p) {
		size := Size(p[n:])
		if size < HeaderBytes {
			return -1
		}
		if n+size > len(p) {
			break
		}
		n += size
	}
	return n
}

// Size returns the total size that the frame at the start of p announces; p
// holds at least two bytes.
func Size(p []byte) int { return int(binary.LittleEndian.Uint16(p)) }

// ID returns the id of the frame at the start of p, which holds a header.
func ID(p []byte) uint16 { return binary.LittleEndian.Uint16(p[2:]) }

// PutHeader writes the header of a frame of size bytes in all.
func PutHeader(p []byte, size int, id uint16) {
	binary.LittleEndian.PutUint16(p, uint16(size))
	binary.LittleEndian.PutUint16(p[2:], id)
}
