//go:build linux

package uring

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
	abi "github.com/raon-engine/raon/internal/sys/uring"
)

// buffers are the receive buffers of a port: one slab on the Go heap, pinned
// until Close because the kernel writes to it behind the runtime's back.
type buffers struct {
	slab  []byte
	pin   runtime.Pinner
	ring  *abi.BufferRing
	bytes int // of each
	count int
	lent  int
	using []int32 // bytes lent, by id; 0 when not lent
}

// open makes the slab and gives all buffers to the kernel.
func (b *buffers) open(ring *abi.Ring, opts port.PortOptions) (err error) {
	if b.ring, err = ring.OpenBuffers(recvGroup, opts.RecvBuffers); err != nil {
		return err
	}
	b.bytes, b.count = opts.RecvBufferBytes, opts.RecvBuffers
	b.using = make([]int32, b.count)
	b.slab = pageAligned(b.bytes * b.count)
	b.pin.Pin(unsafe.SliceData(b.slab))
	for id := range uint32(b.count) {
		b.restore(id)
	}
	return nil
}

func pageAligned(bytes int) []byte {
	page := unix.Getpagesize()
	mem := make([]byte, bytes+page)
	skip := -int(address(mem)) & (page - 1)
	return mem[skip : skip+bytes : skip+bytes]
}

// close takes the buffers back. No receive may be pending.
func (b *buffers) close() {
	b.ring.Close()
	b.pin.Unpin()
	*b = buffers{}
}

// free is how many buffers the kernel has, counting those of completions that
// were not read yet.
func (b *buffers) free() int { return b.count - b.lent }

// lend gives the first n bytes of buffer id to a borrower.
func (b *buffers) lend(id uint32, n int) port.Buf {
	invariant.Check(b.using[id] == 0, "uring: the kernel gave a buffer that is lent")
	b.using[id] = int32(n)
	b.lent++
	at := int(id) * b.bytes
	return port.Buf{Data: b.slab[at : at+n : at+n], ID: id}
}

// giveBack takes a lent buffer from its borrower.
func (b *buffers) giveBack(id uint32) {
	invariant.Check(int(id) < b.count && b.using[id] != 0, "uring: Release of a buffer that is not lent")
	at := int(id) * b.bytes
	invariant.Poison(b.slab[at : at+int(b.using[id])])
	b.using[id] = 0
	b.lent--
	b.restore(id)
}

// restore has the kernel use buffer id again.
func (b *buffers) restore(id uint32) {
	at := int(id) * b.bytes
	b.ring.Add(b.slab[at:at+b.bytes], uint16(id))
}
