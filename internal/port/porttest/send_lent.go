package porttest

import (
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// sendLent sends back what was received from the very buffers that are lent,
// which are released when the Send has ended.
func sendLent(t *testing.T, cfg *Config) {
	const total = 256 << 10
	l := newLoop(t, cfg)
	c, s := l.pair()
	c.in.seed = c.out.seed
	s.keep = true
	s.read()
	c.read()
	c.write(total)
	sending := 0 // buffers, the first of those kept
	l.until("the echo", func() bool {
		if !s.send.pending {
			s.releaseFirst(sending)
			sending = s.sendKept()
		}
		return c.in.pos == total
	})
	c.sent()
	s.sent()
}

// sendKept submits a Send of the buffers kept, and tells how many it takes.
func (s *stream) sendKept() (n int) {
	s.l.t.Helper()
	if len(s.kept) == 0 {
		return 0
	}
	n = min(len(s.kept), port.MaxGather)
	bufs := make([][]byte, n)
	for i := range bufs {
		bufs[i] = s.kept[i].Data
	}
	s.gather(bufs...)
	return n
}
