//go:build linux

package uring

import (
	"errors"
	"fmt"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Ring is one submission and one completion queue. See the package
// documentation for who may use it; after Close nobody may.
type Ring struct {
	fd       int
	index    uint32 // of fd among the thread's registered rings
	handle   uintptr
	flags    uintptr // of every enter: how handle is meant
	features uint32

	sq sq
	cq cq

	rings, sqes []byte // the two mappings

	arg eventsArg // of a wait with a timeout; read during the call
	ts  timespec
}

// sq is the submission queue. Its tail is kept here and published at an enter.
type sq struct {
	head, tail, flags *uint32 // shared
	mask              uint32
	next              uint32 // tail including what is prepared
	entries           []SQE
}

// cq is the completion queue. Its head is kept here and published at an enter.
type cq struct {
	head, tail *uint32 // shared
	mask       uint32
	next       uint32 // head including what was seen
	entries    []CQE
}

// baseFlags are what every ring is made with. See the package documentation.
const baseFlags = setupSingleIssuer | setupDeferTaskrun | setupTaskrunFlag | setupSubmitAll | setupCQSize | setupClamp

// Open makes a ring for the calling thread, which the caller has locked to its
// goroutine. Sizes are rounded up to powers of two and clamped to what the
// kernel allows. The error names the step and wraps the error number: EPERM
// when io_uring is forbidden (kernel.io_uring_disabled, seccomp), ENOSYS when
// it is not built in, EINVAL when the kernel is older than 6.1, ENOMEM when
// RLIMIT_MEMLOCK is too small.
func Open(submitEntries, completeEntries uint32) (*Ring, error) {
	r := &Ring{fd: -1}
	p, err := r.setup(submitEntries, completeEntries)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(r.mapQueues(p), r.registerFD()); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// setup makes the ring, without the submission array where the kernel can.
func (r *Ring) setup(submitEntries, completeEntries uint32) (*params, error) {
	var errno unix.Errno
	for _, extra := range []uint32{setupNoSQArray, 0} {
		p := &params{flags: baseFlags | extra, cqEntries: completeEntries}
		if r.fd, errno = setup(submitEntries, p); errno == 0 {
			r.features = p.features
			return p, nil
		}
		if errno != unix.EINVAL {
			break
		}
	}
	r.fd = -1
	return nil, fmt.Errorf("io_uring_setup: %w", errno)
}

func (r *Ring) mapQueues(p *params) (err error) {
	if p.features&FeatSingleMmap == 0 {
		return fmt.Errorf("io_uring_setup: no FEAT_SINGLE_MMAP: %w", unix.ENOSYS)
	}
	array := uintptr(0) // the submission array's size, where there is one
	if p.flags&setupNoSQArray == 0 {
		array = uintptr(p.sqOff.array) + uintptr(p.sqEntries)*4
	}
	size := max(array, uintptr(p.cqOff.cqes)+uintptr(p.cqEntries)*unsafe.Sizeof(CQE{}))
	if r.rings, err = r.mmap(offSQRing, size); err != nil {
		return err
	}
	if r.sqes, err = r.mmap(offSQEs, uintptr(p.sqEntries)*unsafe.Sizeof(SQE{})); err != nil {
		return err
	}
	r.sq = sq{
		head: r.word(p.sqOff.head), tail: r.word(p.sqOff.tail), flags: r.word(p.sqOff.flags),
		mask:    *r.word(p.sqOff.mask),
		entries: unsafe.Slice((*SQE)(unsafe.Pointer(&r.sqes[0])), p.sqEntries),
	}
	r.cq = cq{
		head: r.word(p.cqOff.head), tail: r.word(p.cqOff.tail),
		mask:    *r.word(p.cqOff.mask),
		entries: unsafe.Slice((*CQE)(unsafe.Pointer(r.word(p.cqOff.cqes))), p.cqEntries),
	}
	if array != 0 {
		for i := range p.sqEntries {
			*r.word(p.sqOff.array + i*4) = i // entries are used in their order
		}
	}
	return nil
}

func (r *Ring) mmap(offset int64, size uintptr) ([]byte, error) {
	mem, err := unix.Mmap(r.fd, offset, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		return nil, fmt.Errorf("mmap of the rings: %w", err)
	}
	return mem, nil
}

// word is the shared 32-bit word at offset.
func (r *Ring) word(offset uint32) *uint32 {
	return (*uint32)(unsafe.Pointer(&r.rings[offset]))
}

// registerFD spares each enter the look-up of the descriptor. A thread has
// room for 16 rings; beyond that the descriptor itself is used.
func (r *Ring) registerFD() error {
	r.handle = uintptr(r.fd)
	update := rsrcUpdate{offset: ^uint32(0), data: uint64(r.fd)}
	errno := register(r.fd, registerRingFDs, unsafe.Pointer(&update), 1)
	if errno == unix.EBUSY {
		return nil
	}
	if errno != 0 {
		return fmt.Errorf("register the ring descriptor: %w", errno)
	}
	r.index, r.handle, r.flags = update.offset, uintptr(update.offset), enterRegisteredRing
	return nil
}

// Close unmaps the queues and closes the ring. The kernel cancels what is still
// pending some time afterwards; whoever lent it memory sees to that before.
func (r *Ring) Close() {
	if r.flags&enterRegisteredRing != 0 {
		update := rsrcUpdate{offset: r.index}
		register(r.fd, unregisterRingFDs, unsafe.Pointer(&update), 1)
	}
	for _, mem := range [][]byte{r.rings, r.sqes} {
		if mem != nil {
			_ = unix.Munmap(mem)
		}
	}
	if r.fd >= 0 {
		_ = unix.Close(r.fd)
	}
	*r = Ring{fd: -1}
}

// Features are the FEAT flags of the kernel.
func (r *Ring) Features() uint32 { return r.features }

// SQEntries is the size of the submission queue.
func (r *Ring) SQEntries() int { return len(r.sq.entries) }

// CQEntries is the size of the completion queue.
func (r *Ring) CQEntries() int { return len(r.cq.entries) }

// Supports asks whether the kernel knows an operation.
func (r *Ring) Supports(op uint8) bool {
	var p probe
	if register(r.fd, registerProbe, unsafe.Pointer(&p), uintptr(len(p.ops))) != 0 {
		return false
	}
	return op <= p.lastOp && p.ops[op].flags&opSupported != 0
}

// Prepared is how many entries the kernel has not taken yet.
func (r *Ring) Prepared() int { return int(r.sq.next - *r.sq.head) }

// Prepare gives the next entry, cleared, to be filled in before the next call
// of Enter or Wait; nil when the queue is full.
func (r *Ring) Prepare() *SQE {
	if r.Prepared() == len(r.sq.entries) {
		return nil
	}
	e := &r.sq.entries[r.sq.next&r.sq.mask]
	*e = SQE{}
	r.sq.next++
	return e
}

// Ready is how many completions can be seen.
func (r *Ring) Ready() int { return int(*r.cq.tail - r.cq.next) }

// Peek is the oldest completion that was not Seen, valid until the next enter;
// nil when there is none.
func (r *Ring) Peek() *CQE {
	if r.cq.next == *r.cq.tail {
		return nil
	}
	return &r.cq.entries[r.cq.next&r.cq.mask]
}

// Seen takes what Peek showed off the queue.
func (r *Ring) Seen() { r.cq.next++ }

// Flagged tells whether an Enter would bring completions that the kernel holds
// back: work that it deferred to this thread, or completions that found the
// queue full.
func (r *Ring) Flagged() bool {
	return atomic.LoadUint32(r.sq.flags)&(sqTaskrun|sqCQOverflow) != 0
}

// publish hands over what was prepared and what was seen.
func (r *Ring) publish() {
	*r.sq.tail = r.sq.next
	*r.cq.head = r.cq.next
}

// Enter runs deferred work, and submits what is prepared if submit is set,
// without waiting. raw keeps the Go scheduler out of it; only for little work.
func (r *Ring) Enter(submit, raw bool) unix.Errno {
	r.publish()
	count, flags := r.count(submit), r.flags|enterGetEvents
	if raw {
		return enterRaw(r.handle, count, flags)
	}
	return enter(r.handle, count, 0, flags, nil, 0)
}

// count is how many entries an enter submits.
func (r *Ring) count(submit bool) uintptr {
	if !submit {
		return 0
	}
	return uintptr(r.Prepared())
}

// Wait submits what is prepared, if submit is set, and sleeps until there is a
// completion, a signal (EINTR) or timeoutNs have passed (ETIME); a negative
// timeout is none.
func (r *Ring) Wait(submit bool, timeoutNs int64) unix.Errno {
	r.publish()
	count, flags := r.count(submit), r.flags|enterGetEvents
	if r.features&FeatNoIowait != 0 {
		flags |= enterNoIowait
	}
	if timeoutNs < 0 {
		return enter(r.handle, count, 1, flags, nil, 0)
	}
	r.ts = timespec{sec: timeoutNs / 1e9, nsec: timeoutNs % 1e9}
	r.arg = eventsArg{ts: uint64(uintptr(unsafe.Pointer(&r.ts)))}
	return enter(r.handle, count, 1, flags|enterExtArg, unsafe.Pointer(&r.arg), unsafe.Sizeof(r.arg))
}
