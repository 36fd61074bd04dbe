//go:build linux

package socket

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// Pieces is the scratch memory of one sending thread: what one Send gathers.
// The zero Pieces is ready for use.
type Pieces struct {
	vecs    [port.MaxGather]unix.Iovec
	message unix.Msghdr
}

// Set makes b, which is not empty, the piece number i.
func (p *Pieces) Set(i int, b []byte) {
	p.vecs[i].Base = unsafe.SliceData(b)
	p.vecs[i].SetLen(len(b))
}

// Send makes one system call for the first count pieces, which have that many
// bytes in all, and forgets them. It tried to send so much; if n is less, the
// socket is full.
func (p *Pieces) Send(fd, count, bytes int) (n, tried int, errno unix.Errno) {
	defer clear(p.vecs[:count]) // keep nothing alive
	if count == 1 {
		n, errno = Send(fd, unsafe.Slice(p.vecs[0].Base, bytes))
		return n, bytes, errno
	}
	p.message.Iov = &p.vecs[0]
	p.message.SetIovlen(count)
	r, _, errno := unix.RawSyscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&p.message)),
		unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
	return int(r), bytes, errno
}

// Drop forgets the first count pieces.
func (p *Pieces) Drop(count int) { clear(p.vecs[:count]) }
