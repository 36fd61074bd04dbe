// Package iocp is the port on Windows: one completion port per worker, and
// nothing between it and the sockets.
//
// # Life of an operation
//
// A receive waits as a WSARecv of no bytes, so that an idle session pins no
// memory. When it completes there is something to read; the port then reads
// with recv into a lent buffer, without waiting, until a short read or the end
// of its budget. A Send is a WSASend of up to 64 pieces and 64 KiB; what the
// provider does at once it does not tell of again
// (FILE_SKIP_COMPLETION_PORT_ON_SUCCESS), and the port goes on as if it had
// been told. Some AcceptEx are posted ahead for each listener, each with the
// socket that the connection will get. File reads and writes are overlapped;
// what Windows can only do blocking, a few goroutines do.
//
// # Records
//
// What the kernel writes to while an operation is pending, the OVERLAPPED, is
// memory outside the Go heap: a table by slot, one record for each of the two
// lanes, and one block per listener. A packet names its slot by the completion
// key, and its record by an address that is checked against the slot's own. A
// record is used again only after its packet has come.
//
// # Ending
//
// A pending operation is asked to end by CancelIoEx, and has ended when its
// packet has come; only then is the handle closed. Closing first would lose
// packets, and some kernels write a pending send's bytes into the next
// connection that gets the handle's number. Since the same code, 64, tells of
// a peer's reset and of our own closing, each record remembers whether its
// operation was canceled.
//
// A loop ends by a posted packet, never by the port's being closed: that does
// not wake a waiter everywhere.
package iocp
