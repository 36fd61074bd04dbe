//go:build linux

package uring

// Flags of io_uring_setup(2), with the kernel that brought them.
const (
	setupCQSize       = 1 << 3
	setupClamp        = 1 << 4
	setupSubmitAll    = 1 << 7  // 5.18
	setupTaskrunFlag  = 1 << 9  // 5.19
	setupSingleIssuer = 1 << 12 // 6.0
	setupDeferTaskrun = 1 << 13 // 6.1
	setupNoSQArray    = 1 << 16 // 6.6
)

// Features that io_uring_setup(2) reports.
const (
	FeatSingleMmap   = 1 << 0
	FeatNoDrop       = 1 << 1 // completions are kept when the queue is full
	FeatSubmitStable = 1 << 2 // what an entry points to is copied at submission
	FeatExtArg       = 1 << 8 // a wait may have a timeout
	FeatNoIowait     = 1 << 17
)

// Operations.
const (
	OpNop         = 0
	OpWritev      = 2
	OpFsync       = 3
	OpPollAdd     = 6
	OpSendMsg     = 9
	OpAccept      = 13
	OpAsyncCancel = 14
	OpConnect     = 16
	OpRead        = 22
	OpWrite       = 23
	OpSend        = 26
	OpRecv        = 27
	OpFtruncate   = 55 // 6.9
)

// Flags of an SQE.
const (
	SQEBufferSelect   = 1 << 5
	SQECQESkipSuccess = 1 << 6
)

// Flags of operations.
const (
	RecvSendPollFirst = 1 << 0 // IOPrio of send and receive
	RecvMultishot     = 1 << 1 // IOPrio of receive
	AcceptMultishot   = 1 << 0 // IOPrio of accept
	PollMultishot     = 1 << 0 // Len of poll
	CancelAll         = 1 << 0 // OpFlags of cancel
	CancelAny         = 1 << 2 // OpFlags of cancel
	NopInjectResult   = 1 << 0 // OpFlags of nop: Len is the result, 6.10
)

// Flags of a CQE. A buffer's id is above CQEBufferShift.
const (
	CQEBuffer      = 1 << 0
	CQEMore        = 1 << 1
	CQEBufferShift = 16
)

// Flags in the submission ring, set by the kernel.
const (
	sqCQOverflow = 1 << 1
	sqTaskrun    = 1 << 2
)

// Flags of io_uring_enter(2).
const (
	enterGetEvents      = 1 << 0
	enterExtArg         = 1 << 3
	enterRegisteredRing = 1 << 4
	enterNoIowait       = 1 << 7 // 6.15, with FeatNoIowait
)

// Operations of io_uring_register(2).
const (
	registerProbe           = 8
	registerRingFDs         = 20
	unregisterRingFDs       = 21
	registerBufRing         = 22
	unregisterBufRing       = 23
	opSupported             = 1 << 0
	offSQRing         int64 = 0
	offSQEs           int64 = 0x10000000
)
