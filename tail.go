package raon

import "math/bits"

// tail keeps what a session received and its handler did not consume, in one
// contiguous piece. Its memory is the worker's and goes back when it is empty.
type tail struct {
	buf        []byte
	start, end int
}

func (t *tail) len() int      { return t.end - t.start }
func (t *tail) bytes() []byte { return t.buf[t.start:t.end:t.end] }

// append adds data at the end, moving or growing what is there when it must.
func (t *tail) append(p *tailPool, data []byte) {
	if t.end+len(data) > len(t.buf) {
		t.makeRoom(p, len(data))
	}
	t.end += copy(t.buf[t.end:], data)
}

func (t *tail) makeRoom(p *tailPool, n int) {
	need := t.len() + n
	if need <= len(t.buf) && t.start >= t.len() { // moving costs no more than was consumed
		copy(t.buf, t.bytes())
		t.start, t.end = 0, t.len()
		return
	}
	grown := p.get(need)
	end := copy(grown, t.bytes())
	p.put(t.buf)
	*t = tail{buf: grown, end: end}
}

// consume drops n bytes from the front.
func (t *tail) consume(p *tailPool, n int) {
	t.start += n
	if t.start == t.end {
		t.drop(p)
	}
}

// drop gives the memory back.
func (t *tail) drop(p *tailPool) {
	p.put(t.buf)
	*t = tail{}
}

// tailPool keeps the worker's unused tail memory by size, powers of two from
// 512 bytes to 256 KiB, at most keptTails of each. Beyond that the garbage
// collector has it.
type tailPool struct {
	free [tailSizes][][]byte
}

const (
	tailSizes    = 10
	tailMinShift = 9
	keptTails    = 64
)

func (p *tailPool) get(n int) []byte {
	i := max(bits.Len(uint(n-1))-tailMinShift, 0)
	if i >= tailSizes {
		return make([]byte, 1<<bits.Len(uint(n-1))) // doubling, though not kept, moves it seldom
	}
	f := p.free[i]
	if len(f) == 0 {
		return make([]byte, 1<<(i+tailMinShift))
	}
	b := f[len(f)-1]
	p.free[i] = f[:len(f)-1]
	return b
}

func (p *tailPool) put(b []byte) {
	i := bits.Len(uint(len(b))) - 1 - tailMinShift
	if i < 0 || i >= tailSizes || len(b)&(len(b)-1) != 0 || len(p.free[i]) == keptTails {
		return
	}
	p.free[i] = append(p.free[i], b)
}
