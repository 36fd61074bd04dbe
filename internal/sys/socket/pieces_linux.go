//go:build linux

package socket

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// Pieces are what one gathering send takes, scratch that a port keeps. Clear
// them afterwards: they keep the bytes alive.
type Pieces struct {
	iov     [port.MaxGather]unix.Iovec
	message unix.Msghdr
}

// Set makes b, which is not empty, the piece number i.
func (p *Pieces) Set(i int, b []byte) {
	p.iov[i].Base = unsafe.SliceData(b)
	p.iov[i].SetLen(len(b))
}

// Clear forgets the first count pieces.
func (p *Pieces) Clear(count int) { clear(p.iov[:count]) }

// Send sends what the kernel takes of the first count pieces, in one call.
func (p *Pieces) Send(fd, count int) (n int, errno unix.Errno) {
	if count == 1 {
		return Send(fd, unsafe.Slice(p.iov[0].Base, p.iov[0].Len))
	}
	p.message.Iov = &p.iov[0]
	p.message.SetIovlen(count)
	r, _, errno := unix.RawSyscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&p.message)),
		unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
	return int(r), errno
}
