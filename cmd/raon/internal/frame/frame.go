// Package frame cuts a byte stream into frames: u16 total size (header
// included), u16 packet id, both little endian, then the payload.
package frame

import (
	"encoding/binary"
	"fmt"
)

const (
	HeaderBytes = 4         // size and packet id; also the smallest frame
	MaxBytes    = 1<<16 - 1 // the largest size that the header can say
)

// SizeError says that a header announces a frame that must not be. The stream
// cannot be read any further: where the next frame begins is unknown.
type SizeError struct {
	Bytes    int // the size in the header
	MaxBytes int // the largest allowed
}

// Error tells which bound was broken.
func (e *SizeError) Error() string {
	if e.Bytes < HeaderBytes {
		return fmt.Sprintf("frame size %d is below the %d bytes of a header", e.Bytes, HeaderBytes)
	}
	return fmt.Sprintf("frame size %d is above the limit of %d bytes", e.Bytes, e.MaxBytes)
}

// Next gives the size of the frame at the start of data, or 0 while it is
// incomplete. A bad size is told as soon as its two bytes are there, as a
// *SizeError. maxBytes must be between HeaderBytes and MaxBytes.
func Next(data []byte, maxBytes int) (int, error) {
	if len(data) < 2 {
		return 0, nil
	}
	size := int(binary.LittleEndian.Uint16(data))
	if size < HeaderBytes || size > maxBytes {
		return 0, &SizeError{Bytes: size, MaxBytes: maxBytes}
	}
	if size > len(data) {
		return 0, nil
	}
	return size, nil
}

// ID is the packet id of a whole frame.
func ID(f []byte) uint16 { return binary.LittleEndian.Uint16(f[2:]) }

// Payload is what follows the header of a whole frame.
func Payload(f []byte) []byte { return f[HeaderBytes:] }

// PutHeader makes f, all of it, a frame with packet id id.
func PutHeader(f []byte, id uint16) {
	binary.LittleEndian.PutUint16(f, uint16(len(f)))
	binary.LittleEndian.PutUint16(f[2:], id)
}
