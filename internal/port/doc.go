// Package port is the contract between the engine and an operating system's
// way of doing I/O: completion ports on Windows, io_uring and epoll on Linux,
// kqueue on the BSDs, and an in-memory simulation everywhere. It holds types
// and promises, no operating system code. The suite in porttest holds every
// driver to what is written here.
//
// # The parts
//
// A [Driver] makes sockets, opens files and makes ports. A [Port] is one
// worker's completion queue. What it works on is attached to it: [Port.Attach]
// binds a [Handle] to the port for good, together with an [Object], the
// completion key, and returns a [Ref]. Work is an [Op]; its outcome is one
// [Event], or for Accept and Recv a stream of them.
//
// # Threads
//
// A port belongs to one thread: the one that called [Driver.NewPort], which
// must be locked to its goroutine for as long as the port lives. Every method
// is called there and nowhere else, except [Port.Wake], which any thread may
// call at any time; after Close it does nothing. A Driver may be used by all.
//
// # Operations
//
//  1. An Op is its caller's memory, intrusive and on the Go heap. From Submit
//     until the event without More the driver owns all of it except that the
//     caller may read Done on the port's thread. A driver allocates nothing per
//     operation in steady state.
//  2. Submit never blocks and never calls back. Outcomes come from Poll only,
//     also when the work was done, or refused, inside Submit.
//  3. Every submitted Op ends exactly once: with an event whose More is false.
//     Cancel asks for that end; the op then ends with ErrCanceled, or with its
//     real outcome if that came first.
//  4. An attachment has at most one pending op of each [Lane]: one that reads
//     (Accept, PreRecv, Recv), one that writes (Connect, Send), one that ends
//     (Disconnect). A second one is a programmer error and panics. Files are
//     the exception: any number of file operations may be pending, and those of
//     one file run one at a time, in the order submitted.
//  5. An Op is addressed by slot and generation, never by a bare pointer. An Op
//     whose Target no longer exists ends with ErrClosed; a completion that
//     arrives for an older generation is dropped and counted in Stats.Stale.
//
// # Accept
//
// Accept is a stream: each event with a nil Err carries a connected socket in
// Handle, which the receiver of the event owns: attach it or close it. The
// driver re-arms by itself. When descriptors run out the stream goes on: an
// event {Err: ErrTooManyFiles, More: true} tells it, at most one per 100 ms,
// and the driver tries again after [AcceptRetry] or when a handle is closed
// through this driver, whichever is first. A connection that died in the
// backlog is no event at all.
//
// # Recv
//
// Recv is a stream: each event with a nil Err carries between one byte and
// what fits a buffer, lent in Buf. The borrower gives it back with Release, on
// the port's thread, and does not touch it afterwards. An attachment that has
// nothing to read holds no buffer. When all buffers are lent out, reading
// stops without an event and goes on when buffers come back; nothing is lost.
// One Poll returns at most [PassBytes] from one attachment. The stream ends
// with io.EOF when the peer has finished, after all its bytes were delivered,
// with an error, or by Cancel. It is never re-armed after any of these.
//
// PreRecv ends once there is something to read (bytes, a connection, EOF or an
// error) and reads nothing. It works on any handle that the operating system
// can wait for, an application's own included.
//
// # Send
//
// Send gathers Bufs in order and is whole: it ends with a nil Err when the
// kernel has taken every byte, however many system calls that needs. A driver
// hands the kernel at most [SendChunk] bytes at a time and keeps Done up to
// date, so that a stalled peer is told from a slow one. Bufs and what they
// refer to stay borrowed until the end. Bufs holds at most [MaxGather] slices;
// more panic. On an error, Done says how much the kernel had taken.
//
// # Disconnect
//
// How says what ends. [HowShutdown] sends a FIN after what was sent before; it
// must not be submitted while a Send is pending. [HowClose] and [HowAbort]
// cancel every other pending op of the attachment, wait until each has ended
// and its event has been returned by Poll, then close the handle, free the
// slot and end last. HowAbort makes the peer see a reset. No handle is ever
// closed with an operation pending: a kernel that still holds one writes old
// bytes into whichever connection gets the handle's number next.
//
// Closing with unread input makes TCP send a reset, which destroys bytes
// already flushed. To lose nothing, a caller sends, then HowShutdown, then
// reads and discards until EOF or its own deadline, then HowClose.
//
// # Connect
//
// The handle comes from [Driver.Socket] and is attached first. Connect ends
// with ErrRefused, ErrTimeout, ErrUnreachable and so on, or nil.
//
// # Files
//
// FileWrite, FileRead, FileSync and FileTruncate work on a handle from
// [Driver.OpenFile] attached as KindFile. FileWrite is whole, like Send;
// Offset says where, [Append] means the end of the file. FileRead fills
// Bufs[0] from Offset and ends with N bytes, fewer only at the end of the file,
// with io.EOF when it read none.
//
// # Job
//
// A Job has no target and does nothing: it ends at the next Poll, Jobs in the
// order submitted. Its Object gets the completion like any other.
//
// # Poll
//
// Poll submits what has gathered, waits and reaps. wait < 0 waits without a
// limit, 0 does not wait; any other wait is kept to a millisecond or better.
// It returns early when woken, possibly with n == 0. It never waits while
// completions are at hand. An error means that the port itself is broken or
// closed; errors of operations are in their events.
//
// Wake makes the current Poll, or else the next one, return without waiting.
// Any number of wakes may be answered by one return. It costs one atomic while
// the port is not waiting.
//
// # Fine print
//
//   - A Recv or Accept event with a nil Err always has More.
//   - The ErrClosed event of an op whose Target is gone has no Object.
//   - The last event of a Send or FileWrite has N == Done, on errors too. A Send
//     of nothing ends with a nil Err.
//   - After a reset with a Recv and a Send pending, the Recv ends with ErrReset
//     and never with io.EOF, whichever of the two the kernel told.
//   - PreRecv at the end of the stream ends with a nil Err; after a reset with a
//     nil Err or ErrReset.
//   - An IPv4 peer of a dual-stack listener has its IPv4 address, not the mapped
//     one.
//   - Listen on a unix path that nobody listens on any more takes it over; a file
//     that is no socket is never touched.
//   - Listen, Socket, OpenFile and Attach give ErrNotSupported for what Caps says
//     is missing. Errors of OpenFile match those of package io/fs.
//   - Attach with all slots taken gives ErrNoBuffers.
//   - A port that is out of memory for accepting tries again as it does without
//     descriptors, and says nothing.
//   - What panics: a second op in a lane, Submit of a pending op, HowShutdown with
//     a Send pending, more than MaxGather slices, Release of what is not lent,
//     Detach with an op pending.
//
// # Close
//
// Close of a port cancels and reaps what is pending without events, closes the
// handles still attached and frees the port's memory. Lent buffers become
// invalid. The owner should have disconnected everything before.
package port
