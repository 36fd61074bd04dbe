package buffer

import "sync"

// SharedPool makes SendBuffers for goroutines that own no ChunkPool. Any
// goroutine may use it at any time.
type SharedPool struct {
	mu     sync.Mutex
	pool   *ChunkPool
	closed bool
}

// NewSharedPool makes an empty pool.
func NewSharedPool(opts PoolOptions) *SharedPool {
	return &SharedPool{pool: NewChunkPool(opts)}
}

// Copy makes a SendBuffer of a copy of b, with one reference.
func (s *SharedPool) Copy(b []byte) SendBuffer {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.retireIfClosed()
	return s.pool.Copy(b)
}

// Fill makes a SendBuffer of up to n bytes: fill writes into the slice it is
// given and returns how many bytes it used. The pool is locked meanwhile.
func (s *SharedPool) Fill(n int, fill func(dst []byte) int) SendBuffer {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.retireIfClosed()
	w := s.pool.Open(n)
	defer s.pool.Abandon() // when fill panics
	return w.Close(fill(w.Bytes()))
}

// Close retires the chunk being cut. Buffers still held stay valid; those that
// latecomers make get chunks of their own.
func (s *SharedPool) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.pool.Close()
}

// retireIfClosed leaves no chunk to be cut after Close. The caller has the lock.
func (s *SharedPool) retireIfClosed() {
	if s.closed {
		s.pool.Close()
	}
}

// InUse is the number of chunks that are neither free nor collected.
func (s *SharedPool) InUse() int { return s.pool.InUse() }
