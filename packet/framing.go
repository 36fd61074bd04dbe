package packet

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Framing is how a packet is delimited: a size, then an id, then the payload.
// The zero value is RAON's: a u16 little-endian size that counts the whole packet,
// itself included, and a u16 id of the same byte order.
type Framing struct {
	SizeBytes          int  // width of the size: 2 or 4; 2
	BigEndian          bool // byte order of size and id
	SizeExcludesHeader bool // the size counts the payload only, neither itself nor the id
	NoID               bool // there is no id: one message each way, with ID 0

	// MaxBytes bounds a packet, header included; 4,096. It is at most what the
	// size can say, and at most Options.RecvBufferBytes, since an incomplete packet
	// is kept by the session until the rest has come.
	MaxBytes int
}

const (
	defaultMaxBytes = 4096
	idBytes         = 2
)

// Frame is one packet. The payload lies in the data that it was cut from.
type Frame struct {
	ID      uint16 // 0 with NoID
	Payload []byte
}

// Next cuts the first packet from data and tells how many bytes it takes: none,
// without an error, while it is incomplete. Errors: a size that no packet of this
// framing has (ErrSize), as soon as the size can be read; a fault of f itself.
func (f Framing) Next(data []byte) (Frame, int, error) {
	h, err := f.compile()
	if err != nil {
		return Frame{}, 0, err
	}
	return h.next(data, h.max)
}

// Append adds the packet to dst. Errors: ErrSize when MaxBytes does not hold it;
// a fault of f itself.
func (f Framing) Append(dst []byte, id uint16, payload []byte) ([]byte, error) {
	h, err := f.compile()
	if err != nil {
		return dst, err
	}
	whole := h.bytes + len(payload)
	if whole > h.max {
		return dst, fmt.Errorf("%w: %d bytes, at most %d", ErrSize, whole, h.max)
	}
	at := len(dst)
	dst = append(dst, make([]byte, h.bytes)...)
	h.put(dst[at:], whole, id)
	return append(dst, payload...), nil
}

// header is a Framing made ready for use.
type header struct {
	sizeBytes int
	bytes     int // of size and id
	uncounted int // what the size leaves out of a packet's bytes
	max       int
	big       bool
	id        bool
}

// compile fills in defaults, or reports every fault at once.
func (f Framing) compile() (header, error) {
	var errs []error
	if f.SizeBytes == 0 {
		f.SizeBytes = 2
	}
	if f.SizeBytes != 2 && f.SizeBytes != 4 {
		errs = append(errs, fmt.Errorf("Framing.SizeBytes %d: want 2 or 4", f.SizeBytes))
	}
	h := header{sizeBytes: f.SizeBytes, bytes: f.SizeBytes, big: f.BigEndian, id: !f.NoID}
	if h.id {
		h.bytes += idBytes
	}
	if f.SizeExcludesHeader {
		h.uncounted = h.bytes
	}
	if f.MaxBytes == 0 {
		f.MaxBytes = defaultMaxBytes
	}
	h.max = f.MaxBytes
	if most := h.most(); h.max < h.bytes || uint64(h.max) > most {
		errs = append(errs, fmt.Errorf("Framing.MaxBytes %d: want %d to %d", h.max, h.bytes, most))
	}
	return h, errors.Join(errs...)
}

// most is the largest packet that the size can say, at most 1 GiB.
func (h header) most() uint64 {
	if h.sizeBytes == 2 {
		return 1<<16 - 1 + uint64(h.uncounted)
	}
	return 1 << 30
}

// next is Framing.Next with a bound of the moment.
func (h *header) next(data []byte, most int) (Frame, int, error) {
	if len(data) < h.sizeBytes {
		return Frame{}, 0, nil
	}
	whole := h.whole(data)
	if whole < uint64(h.bytes) || whole > uint64(most) {
		return Frame{ID: h.idOf(data)}, 0, fmt.Errorf("%w: %d bytes, want %d to %d", ErrSize, whole, h.bytes, most)
	}
	if uint64(len(data)) < whole {
		return Frame{}, 0, nil
	}
	n := int(whole)
	return Frame{ID: h.idOf(data), Payload: data[h.bytes:n:n]}, n, nil
}

// whole is the size of the packet at the beginning of data.
func (h *header) whole(data []byte) uint64 {
	var size uint64
	switch {
	case h.sizeBytes == 2 && h.big:
		size = uint64(binary.BigEndian.Uint16(data))
	case h.sizeBytes == 2:
		size = uint64(binary.LittleEndian.Uint16(data))
	case h.big:
		size = uint64(binary.BigEndian.Uint32(data))
	default:
		size = uint64(binary.LittleEndian.Uint32(data))
	}
	return size + uint64(h.uncounted)
}

// idOf is the id of the packet at the beginning of data, 0 where there is none.
func (h *header) idOf(data []byte) uint16 {
	switch {
	case !h.id || len(data) < h.bytes:
		return 0
	case h.big:
		return binary.BigEndian.Uint16(data[h.sizeBytes:])
	}
	return binary.LittleEndian.Uint16(data[h.sizeBytes:])
}

// put writes the header of a packet of so many bytes.
func (h *header) put(dst []byte, whole int, id uint16) {
	size := whole - h.uncounted
	if h.big {
		h.putBig(dst, size, id)
		return
	}
	if h.sizeBytes == 2 {
		binary.LittleEndian.PutUint16(dst, uint16(size))
	} else {
		binary.LittleEndian.PutUint32(dst, uint32(size))
	}
	if h.id {
		binary.LittleEndian.PutUint16(dst[h.sizeBytes:], id)
	}
}

func (h *header) putBig(dst []byte, size int, id uint16) {
	if h.sizeBytes == 2 {
		binary.BigEndian.PutUint16(dst, uint16(size))
	} else {
		binary.BigEndian.PutUint32(dst, uint32(size))
	}
	if h.id {
		binary.BigEndian.PutUint16(dst[h.sizeBytes:], id)
	}
}
