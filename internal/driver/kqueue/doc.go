// Package kqueue is the driver for macOS and the BSDs: kqueue(2) under the
// completion machine of package ready.
//
// # Registrations
//
// A descriptor is registered for reading when it is attached, and for writing
// when a send or a connect first has to wait; each is one kevent with EV_CLEAR,
// so that it reports changes and needs no other call until the descriptor is
// closed. The two report apart, so one change may come as two edges.
//
// The kernel's word of user data has 32 bits on some of these systems, and a
// [port.Ref] has 64. Therefore the queue keeps the Ref of each descriptor
// itself, in a table by descriptor. Nothing old can be looked up there: the
// kernel drops what it has for a descriptor when that is closed, and package
// ready takes note of all events of a Wait before it closes anything.
//
// # What events tell
//
// EV_EOF with EVFILT_READ is the peer's end, with bytes perhaps still to be
// read. EV_EOF with EVFILT_WRITE is the end of the sending half, for which our
// own shutdown is enough. Either has the socket's pending error in fflags, which
// is 0 after an orderly end. The error itself is taken from the socket.
//
// # Differences between the systems
//
// Interrupt is EVFILT_USER on macOS, FreeBSD and DragonFly. NetBSD has it since
// version 10 and OpenBSD since 7.8; there it is a pipe.
//
// NetBSD and OpenBSD wait in ticks, which are 10 ms long by default: a Poll
// there may return that much later than it was told to.
//
// OpenBSD and DragonFly have no sockets that take IPv4 and IPv6 both: to listen
// at all addresses takes two listeners.
package kqueue
