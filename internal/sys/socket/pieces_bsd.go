//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// Pieces are what one gathering send takes, scratch that a port keeps. Clear
// them afterwards: they keep the bytes alive.
//
// These systems let a program gather through their C library only, and the
// binding to that allocates. So the pieces are put together here, SendChunk
// bytes at most.
type Pieces struct {
	pieces [port.MaxGather][]byte
	joined []byte
}

// Set makes b, which is not empty, the piece number i.
func (p *Pieces) Set(i int, b []byte) { p.pieces[i] = b }

// Clear forgets the first count pieces.
func (p *Pieces) Clear(count int) { clear(p.pieces[:count]) }

// Send sends what the kernel takes of the first count pieces, in one call.
func (p *Pieces) Send(fd, count int) (n int, errno unix.Errno) {
	if count == 1 {
		return Send(fd, p.pieces[0])
	}
	p.joined = p.joined[:0]
	for _, b := range p.pieces[:count] {
		p.joined = append(p.joined, b...)
	}
	return Send(fd, p.joined)
}
