//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// gatherBytes is how much is gathered by copying. A piece of that size goes out
// by itself.
const gatherBytes = 64 << 10

// Pieces is the scratch memory of one sending thread: what one Send gathers.
// The zero Pieces is ready for use.
//
// On Darwin and OpenBSD the system is entered through its C library only, and
// package unix has no sendmsg for the pieces of a caller that allocates nothing.
// Therefore small pieces are copied together, which costs less than what the
// kernel does with them, and a large one needs no others.
type Pieces struct {
	bufs   [port.MaxGather][]byte
	copied []byte // gatherBytes, from the first time on that there are two pieces
}

// Set makes b, which is not empty, the piece number i.
func (p *Pieces) Set(i int, b []byte) { p.bufs[i] = b }

// Send makes one system call for the first count pieces, or for as many as go
// into it, and forgets all. It tried to send so much; if n is less, the socket
// is full.
func (p *Pieces) Send(fd, count, _ int) (n, tried int, errno unix.Errno) {
	defer p.Drop(count)
	b := p.bufs[0]
	if count > 1 && len(b) < gatherBytes {
		b = p.gather(count)
	}
	n, errno = Send(fd, b)
	return n, len(b), errno
}

// gather copies pieces together until there is no room.
func (p *Pieces) gather(count int) []byte {
	if p.copied == nil {
		p.copied = make([]byte, gatherBytes)
	}
	n := 0
	for _, b := range p.bufs[:count] {
		n += copy(p.copied[n:], b)
	}
	return p.copied[:n]
}

// Drop forgets the first count pieces.
func (p *Pieces) Drop(count int) { clear(p.bufs[:count]) }
