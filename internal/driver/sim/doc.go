// Package sim is the driver without an operating system: a network, a file
// system and a clock in memory, deterministic, seeded and full of faults where
// asked. It is the reference for the contract in package port.
//
// A [World] holds everything. What is made by its drivers sees the same
// addresses, files, handles and clock; two worlds share nothing. All of a world
// is guarded by one mutex, so its ports may live on different threads; only
// [port.Port.Wake] does without it.
//
// # Time
//
// In a virtual world time stands still until somebody has nothing to do. Poll
// with nothing at hand moves the clock to the next thing that happens in the
// network, or to the end of its wait, whichever is first; with wait < 0 and
// nothing to come it returns 0 at once, since it would sleep for good. It also
// returns early, with 0, as soon as another port of the world has work, so
// that nobody lives in another's future. Time therefore stops while anyone is
// busy, and a program that always is, with jobs that beget jobs, stops it for
// good unless Options.PollTime is set. A harness with several ports on one
// goroutine polls each with wait 0 until none has events, then calls
// [World.Step]. A virtual world belongs to one goroutine at a time; its Polls
// never block.
//
// Otherwise the clock is the machine's, Poll blocks, and ports have threads.
//
// # Determinism
//
// The same seed and the same calls in the same order give the same events, bit
// for bit. Chance comes from one PCG, drawn from only where a fault has a
// probability above zero; nothing depends on addresses in memory, on map
// order or on the time of day.
//
// # The network
//
// A connection is two pipes with the buffers of a kernel: a Send ends once the
// sender's buffer has taken everything, what has arrived waits in the
// receiver's, and when both are full the sender waits. Segments take
// Options.Latency and Faults.Delay; order within a direction is kept.
//
// Closing behaves as in Linux, tcp(7). A close sends FIN after the data. A
// close with unread input, data that arrives after a close, and an abort send a
// reset instead, which destroys whatever has not arrived yet at the other
// end; what has arrived can be read, unless Faults.ResetDiscards says otherwise
// (Windows). The end that was reset learns it once: the first Recv or Send
// gives ErrReset, a Recv after that io.EOF. Unix sockets behave like TCP here,
// and their paths are names, not files.
//
// Every address is one of this machine's, except these, which are no one's
// (RFC 5737):
//
//	192.0.2.0/24, 198.51.100.0/24   never answer: a Connect waits for ErrTimeout
//	203.0.113.0/24                  ErrUnreachable
//
// # Files
//
// The file system is flat: a path is a name, directories need not exist. The
// file operations of package port work on it, O_APPEND, O_EXCL and O_TRUNC too.
// Options.DiskBytes is its size.
package sim
