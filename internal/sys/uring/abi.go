//go:build linux

package uring

// SQE is a submission queue entry, struct io_uring_sqe. Fields that the kernel
// uses for several things are named after what is used here.
type SQE struct {
	Opcode      uint8
	Flags       uint8 // SQE...
	IOPrio      uint16
	FD          int32
	Off         uint64 // offset; length of an address; addr2
	Addr        uint64
	Len         uint32
	OpFlags     uint32 // flags of the operation: msg, accept, rw, poll, cancel
	UserData    uint64
	BufGroup    uint16
	Personality uint16
	FileIndex   uint32 // file_index, optlen
	Addr3       uint64
	_           uint64
}

// CQE is a completion queue entry, struct io_uring_cqe.
type CQE struct {
	UserData uint64
	Res      int32 // the operation's result, negative error numbers
	Flags    uint32
}

// params is struct io_uring_params.
type params struct {
	sqEntries    uint32
	cqEntries    uint32
	flags        uint32
	sqThreadCPU  uint32
	sqThreadIdle uint32
	features     uint32
	wqFD         uint32
	_            [3]uint32
	sqOff        sqOffsets
	cqOff        cqOffsets
}

// sqOffsets is struct io_sqring_offsets.
type sqOffsets struct {
	head, tail, mask, entries, flags, dropped, array uint32

	_        uint32
	userAddr uint64
}

// cqOffsets is struct io_cqring_offsets.
type cqOffsets struct {
	head, tail, mask, entries, overflow, cqes, flags uint32

	_        uint32
	userAddr uint64
}

// timespec is struct __kernel_timespec, 64 bits everywhere.
type timespec struct {
	sec, nsec int64
}

// eventsArg is struct io_uring_getevents_arg.
type eventsArg struct {
	sigmask     uint64
	sigmaskSize uint32
	minWaitUsec uint32
	ts          uint64 // address of a timespec, 0 for no limit
}

// rsrcUpdate is struct io_uring_rsrc_update.
type rsrcUpdate struct {
	offset uint32
	_      uint32
	data   uint64
}

// bufReg is struct io_uring_buf_reg.
type bufReg struct {
	ringAddr    uint64
	ringEntries uint32
	group       uint16
	flags       uint16
	_           [3]uint64
}

// buf is struct io_uring_buf. The tail of a buffer ring is the last field of
// its entry 0.
type buf struct {
	addr uint64
	len  uint32
	id   uint16
	tail uint16
}

// probe is struct io_uring_probe with room for every operation.
type probe struct {
	lastOp uint8
	opsLen uint8
	_      uint16
	_      [3]uint32
	ops    [256]probeOp
}

type probeOp struct {
	op    uint8
	_     uint8
	flags uint16
	_     uint32
}

// Iovec and Msghdr are struct iovec and struct msghdr with addresses as
// numbers: what they refer to is kept alive by the operation, and scratch space
// full of them is nothing for the garbage collector to look at.
type Iovec struct {
	Base uintptr
	Len  uintptr
}

// Msghdr is struct msghdr of the kernel (user_msghdr).
type Msghdr struct {
	Name       uintptr
	NameLen    uint32
	Iov        uintptr
	IovLen     uintptr
	Control    uintptr
	ControlLen uintptr
	Flags      uint32
}
