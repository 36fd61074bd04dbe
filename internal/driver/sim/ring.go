package sim

// ring holds the bytes of a pipe by their position in the stream. It grows with
// what has to be held at once, which its pipe bounds.
type ring struct{ buf []byte } // its length is a power of two, or zero

const minRing = 512

// write puts p at the positions from at on; from is the oldest one to keep.
func (r *ring) write(from, at uint64, p []byte) {
	r.reserve(from, at, int(at-from)+len(p))
	i := int(at) & (len(r.buf) - 1)
	n := copy(r.buf[i:], p)
	copy(r.buf, p[n:])
}

// read fills p with the bytes from position at on.
func (r *ring) read(at uint64, p []byte) {
	i := int(at) & (len(r.buf) - 1)
	n := copy(p, r.buf[i:])
	copy(p[n:], r.buf)
}

// reserve makes room for size bytes and keeps those from from to to.
func (r *ring) reserve(from, to uint64, size int) {
	if size <= len(r.buf) {
		return
	}
	length := max(minRing, len(r.buf))
	for length < size {
		length *= 2
	}
	grown := ring{make([]byte, length)}
	if len(r.buf) > 0 {
		for at := from; at < to; { // at most two runs
			i := int(at) & (len(r.buf) - 1)
			run := r.buf[i:min(len(r.buf), i+int(to-at))]
			grown.write(at, at, run)
			at += uint64(len(run))
		}
	}
	*r = grown
}
