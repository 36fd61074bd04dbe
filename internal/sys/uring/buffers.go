//go:build linux

package uring

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// BufferRing is a group of receive buffers that the kernel chooses from. It
// belongs to the thread of its Ring.
type BufferRing struct {
	ring    *Ring
	group   uint16
	mem     []byte
	entries []buf
	next    uint16 // the tail, including what was added
}

// MaxBuffers is how many buffers a group can hold.
const MaxBuffers = 1 << 15

// OpenBuffers registers an empty group with room for count buffers. The error
// wraps EINVAL when the kernel knows no buffer rings.
func (r *Ring) OpenBuffers(group uint16, count int) (*BufferRing, error) {
	entries := 1
	for entries < count {
		entries *= 2
	}
	mem, err := unix.Mmap(-1, 0, entries*int(unsafe.Sizeof(buf{})), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, fmt.Errorf("mmap of the buffer ring: %w", err)
	}
	first := unsafe.Pointer(&mem[0])
	reg := bufReg{ringAddr: uint64(uintptr(first)), ringEntries: uint32(entries), group: group}
	if errno := register(r.fd, registerBufRing, unsafe.Pointer(&reg), 1); errno != 0 {
		_ = unix.Munmap(mem)
		return nil, fmt.Errorf("register the buffer ring: %w", errno)
	}
	return &BufferRing{ring: r, group: group, mem: mem, entries: unsafe.Slice((*buf)(first), entries)}, nil
}

// Add gives p to the kernel under the name id. The kernel writes into p until a
// completion brings id back, so p must neither move nor die before. It may take
// p from the next enter on.
func (b *BufferRing) Add(p []byte, id uint16) {
	e := &b.entries[int(b.next)&(len(b.entries)-1)]
	e.addr, e.len, e.id = uint64(uintptr(unsafe.Pointer(unsafe.SliceData(p)))), uint32(len(p)), id
	b.next++
	b.entries[0].tail = b.next // shares no byte with an entry's own fields
}

// Close takes the group back from the kernel. No receive may be pending.
func (b *BufferRing) Close() {
	reg := bufReg{group: b.group}
	register(b.ring.fd, unregisterBufRing, unsafe.Pointer(&reg), 1)
	_ = unix.Munmap(b.mem)
	*b = BufferRing{}
}
