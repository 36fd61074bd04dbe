package buffer

import "testing"

// modelBuffer is what the model knows of a buffer that is held.
type modelBuffer struct {
	buf  SendBuffer
	seed int
	refs int
}

// poolModel plays a script on a pool and checks what it holds.
type poolModel struct {
	t    *testing.T
	pool *ChunkPool
	run  *Chunk
	held []modelBuffer
	seed int
}

// size spreads one byte over all sizes that matter.
func modelSize(b byte) int {
	switch b % 4 {
	case 0:
		return 1 + int(b)
	case 1:
		return 1 + int(b)*16
	case 2:
		return 1 + int(b)*250
	}
	return 1 + int(b)*400 // some are beyond the classes
}

func (m *poolModel) hold(b SendBuffer, n int) {
	if b.Len() != n {
		m.t.Fatalf("buffer %d has %d bytes, want %d", m.seed, b.Len(), n)
	}
	m.held = append(m.held, modelBuffer{b, m.seed, 1})
	m.seed++
}

func (m *poolModel) step(op, arg byte) {
	n := modelSize(arg)
	switch op % 8 {
	case 0:
		m.hold(m.pool.Copy(pattern(make([]byte, n), m.seed)), n)
	case 1:
		w := m.pool.Open(n)
		used := 1 + n/2
		pattern(w.Bytes()[:used], m.seed)
		m.hold(w.Close(used), used)
	case 2:
		var b SendBuffer
		b, m.run = m.pool.Append(m.run, pattern(make([]byte, n), m.seed))
		m.hold(b, n)
	case 3:
		m.pool.Retire(m.run)
		m.run = nil
	case 4:
		if h := m.pick(arg); h != nil {
			h.buf.Retain(int(arg))
			h.refs += int(arg)
		}
	case 5:
		w := m.pool.Open(n)
		pattern(w.Bytes(), -1)
		m.pool.Abandon()
	default:
		m.release(arg)
	}
}

func (m *poolModel) pick(arg byte) *modelBuffer {
	if len(m.held) == 0 {
		return nil
	}
	return &m.held[int(arg)%len(m.held)]
}

// release gives back some of a buffer's references, or all.
func (m *poolModel) release(arg byte) {
	h := m.pick(arg)
	if h == nil {
		return
	}
	n := 1 + int(arg)%h.refs
	h.buf.Release(n)
	if h.refs -= n; h.refs == 0 {
		*h = m.held[len(m.held)-1]
		m.held = m.held[:len(m.held)-1]
	}
}

// check compares all that is held with what was written.
func (m *poolModel) check() {
	chunks := map[*Chunk]bool{}
	for _, h := range m.held {
		chunks[h.buf.chunk] = true
		if !isPattern(h.buf.Bytes(), h.seed) {
			m.t.Fatalf("buffer %d was overwritten", h.seed)
		}
	}
	for _, c := range []*Chunk{m.pool.current, m.run} {
		if c != nil {
			chunks[c] = true
		}
	}
	if m.pool.InUse() != len(chunks) {
		m.t.Fatalf("%d chunks in use, want %d", m.pool.InUse(), len(chunks))
	}
	if _, bytes := kept(m.pool); bytes > m.pool.keep {
		m.t.Fatalf("%d bytes kept, want at most %d", bytes, m.pool.keep)
	}
}

// FuzzPool runs a script: pairs of an operation and its argument.
func FuzzPool(f *testing.F) {
	f.Add([]byte{0, 1, 1, 2, 2, 3, 4, 9, 6, 0, 6, 0, 6, 0})
	f.Add([]byte{2, 8, 2, 255, 2, 254, 3, 0, 0, 255, 6, 1, 6, 0, 2, 7})
	f.Add([]byte{1, 200, 5, 255, 1, 201, 4, 200, 7, 100, 0, 202, 7, 0, 5, 3, 0, 1})
	f.Fuzz(func(t *testing.T, script []byte) {
		m := &poolModel{t: t, pool: NewChunkPool(PoolOptions{ChunkBytes: 4 << 10, KeepBytes: 32 << 10})}
		for i := 0; i+1 < len(script) && i < 400; i += 2 {
			m.step(script[i], script[i+1])
			m.check()
		}
		m.pool.Retire(m.run)
		m.pool.Close()
		for _, h := range m.held {
			h.buf.Release(h.refs)
		}
		if m.pool.InUse() != 0 {
			t.Fatalf("%d chunks in use in the end", m.pool.InUse())
		}
	})
}
