// Package uring is the kernel's side of io_uring: the layouts of its records,
// its constants, its three system calls, and the rings that are shared with it.
// It decides nothing; what a port does with a ring is in internal/driver/uring.
//
// A [Ring] belongs to the thread that opened it. It is made so that the kernel
// posts completions only inside that thread's own calls of Enter
// (IORING_SETUP_DEFER_TASKRUN) and takes entries and buffers only there
// (IORING_SETUP_SINGLE_ISSUER). Everything shared is therefore handed over at
// the system call, in program order, and plain loads and stores are enough. The
// one exception is the word of ring flags, which other processors set.
//
// See io_uring_setup(2), io_uring_enter(2), io_uring_register(2) and
// include/uapi/linux/io_uring.h of the kernel.
package uring
