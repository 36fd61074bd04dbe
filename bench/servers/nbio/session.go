package main

import (
	"github.com/lesismal/nbio"

	"github.com/raon-engine/raon/bench/wire"
)

// session keeps the incomplete frame of one connection; the poller owns it.
type session struct{ tail []byte }

// next returns the whole frames in what is kept and data, valid until the next
// call, and keeps the rest. A malformed one closes c.
func (s *session) next(c *nbio.Conn, data []byte) []byte {
	all := data
	if len(s.tail) > 0 {
		all = append(s.tail, data...)
	}
	n := wire.Complete(all)
	if n < 0 {
		_ = c.Close()
		return nil
	}
	s.tail = nil
	if n < len(all) {
		s.tail = append([]byte(nil), all[n:]...)
	}
	return all[:n]
}
