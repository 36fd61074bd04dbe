//go:build linux

package uring

import (
	"unsafe"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
	abi "github.com/raon-engine/raon/internal/sys/uring"
)

// scratch is what prepared entries point to: vectors, message headers and
// addresses. The kernel copies them when it takes the entry
// (IORING_FEAT_SUBMIT_STABLE), also when it then has to wait, so all of it is
// used anew once no entry is left in the queue.
type scratch struct {
	vecs  []abi.Iovec
	msgs  []abi.Msghdr
	addrs []socket.RawAddr

	usedVecs, usedMsgs, usedAddrs int
}

// Room in scratch per entry of the submission queue. When it runs out before
// the queue does, the turn takes another enter.
const (
	vecsPerEntry = 4
	maxAddrs     = 128
)

func (c *scratch) init(entries int) {
	c.vecs = make([]abi.Iovec, max(entries*vecsPerEntry, port.MaxGather))
	c.msgs = make([]abi.Msghdr, entries)
	c.addrs = make([]socket.RawAddr, min(entries, maxAddrs))
}

// full tells that the next entry might find no room.
func (c *scratch) full() bool {
	return len(c.vecs)-c.usedVecs < port.MaxGather || c.usedMsgs == len(c.msgs) || c.usedAddrs == len(c.addrs)
}

// reset forgets everything; no entry may be left that the kernel did not take.
func (c *scratch) reset() { c.usedVecs, c.usedMsgs, c.usedAddrs = 0, 0, 0 }

// gather fills vectors with what op still has to move, at most limit bytes.
func (c *scratch) gather(op *port.Op, limit int) (vecs []abi.Iovec, bytes int) {
	first := c.usedVecs
	for i, skip := int(op.Driver.Index), skipped(op); i < len(op.Bufs) && bytes < limit; i, skip = i+1, 0 {
		b := op.Bufs[i][skip:]
		b = b[:min(len(b), limit-bytes)]
		if len(b) == 0 {
			continue
		}
		c.vecs[c.usedVecs] = abi.Iovec{Base: address(b), Len: uintptr(len(b))}
		c.usedVecs++
		bytes += len(b)
	}
	return c.vecs[first:c.usedVecs], bytes
}

// message is a header for vecs.
func (c *scratch) message(vecs []abi.Iovec) *abi.Msghdr {
	m := &c.msgs[c.usedMsgs]
	c.usedMsgs++
	*m = abi.Msghdr{Iov: uintptr(unsafe.Pointer(unsafe.SliceData(vecs))), IovLen: uintptr(len(vecs))}
	return m
}

// addr is room for one address.
func (c *scratch) addr() *socket.RawAddr {
	a := &c.addrs[c.usedAddrs]
	c.usedAddrs++
	return a
}

// address is where b is, as the kernel wants it. The garbage collector does not
// move what is on the heap, and what an Op on the heap refers to is there; the
// op, and so b, is kept alive by its slot until the kernel is done.
func address(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }
