package buffer

import (
	"io"

	"github.com/raon-engine/raon/internal/invariant"
)

// Writer fills a SendBuffer: Open(size), write, Close(actual). It is used by
// the goroutine that opened it, and closed before the next one is opened.
type Writer struct {
	pool  *ChunkPool
	chunk *Chunk
	limit int // bytes reserved
	n     int // bytes written through Write
}

// Bytes is all the reserved memory, for writing in place. Its contents are
// undefined before.
func (w *Writer) Bytes() []byte {
	at := w.chunk.used
	return w.chunk.data[at : at+w.limit : at+w.limit]
}

// Write appends p. It returns io.ErrShortBuffer when the reserved size does
// not hold all of it, after writing what fits.
func (w *Writer) Write(p []byte) (int, error) {
	n := copy(w.Bytes()[w.n:], p)
	w.n += n
	if n < len(p) {
		return n, io.ErrShortBuffer
	}
	return n, nil
}

// Len is the number of bytes written through Write.
func (w *Writer) Len() int { return w.n }

// Close ends writing and gives the first n bytes as a SendBuffer with one
// reference. The rest of the reservation goes back to the chunk. Close(0) gives
// an empty SendBuffer, which holds no reference.
func (w *Writer) Close(n int) SendBuffer {
	invariant.Check(w.pool != nil && w.pool.writing == w.chunk, "buffer: Writer closed twice, or abandoned")
	invariant.Check(n >= 0 && n <= w.limit, "buffer: Close beyond the reserved size")
	p, c := w.pool, w.chunk
	w.pool, w.chunk = nil, nil
	p.writing = nil
	var b SendBuffer
	if n > 0 {
		b = c.cut(n)
	}
	p.closeLarge(c)
	return b
}
