package buffer

// SendBuffer is an immutable slice of a chunk. It is a value; copying it does
// not add a reference. Whoever holds a reference may read Bytes; the memory is
// used anew after the last Release. The zero SendBuffer is empty and needs no
// release.
type SendBuffer struct {
	chunk  *Chunk
	off, n uint32
}

// Len is the number of bytes.
func (b SendBuffer) Len() int { return int(b.n) }

// Bytes are the contents. They must not be written to and must not be kept
// beyond the reference.
func (b SendBuffer) Bytes() []byte {
	if b.chunk == nil {
		return nil
	}
	end := b.off + b.n
	return b.chunk.data[b.off:end:end]
}

// Retain adds n references. The caller must hold one already. Any goroutine.
func (b SendBuffer) Retain(n int) {
	if b.chunk != nil {
		b.chunk.refs.Add(int64(n))
	}
}

// Release gives back n references. Any goroutine.
func (b SendBuffer) Release(n int) {
	if b.chunk != nil {
		b.chunk.drop(int64(n))
	}
}

// SameChunk tells whether references to a and b may be released together.
func (b SendBuffer) SameChunk(a SendBuffer) bool { return a.chunk == b.chunk }

// Join is b and, if next lies right behind it in memory, next: one run to hand to
// the kernel. It holds no reference of its own. ok tells whether they joined;
// an empty b joins nothing.
func (b SendBuffer) Join(next SendBuffer) (joined SendBuffer, ok bool) {
	if b.chunk == nil || b.chunk != next.chunk || b.off+b.n != next.off {
		return SendBuffer{}, false
	}
	b.n += next.n
	return b, true
}

// Sub is n bytes of b from byte from on. It holds no reference of its own.
func (b SendBuffer) Sub(from, n int) SendBuffer {
	return SendBuffer{chunk: b.chunk, off: b.off + uint32(from), n: uint32(n)}
}
