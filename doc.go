// Package raon is the network engine of game and real-time servers: completion
// based, with one programming model on io_uring and epoll, and the same
// behaviour on each.
//
// A [Core] owns workers, each one goroutine locked to one thread with one
// completion port. A [Service] is a role of the process: a server that listens
// or a client that connects. It owns a pool of sessions. A [Session] is one
// connection, pinned to one worker for life; its [Handler] is called there,
// never twice at once and never nested:
//
//	OnConnect -> OnRecv* -> OnDisconnect
//
// Three rules hold everywhere. A *Session is valid in its own callbacks and
// jobs only; everybody else keeps a [SessionRef]. What is sent in a turn
// leaves together at its end. Every queue has a bound and says what happens
// there.
//
// A panic in a callback, and runtime.Goexit, end that session with reason
// KickPanic and leave the worker and all other sessions alone. Go's fatal
// errors (concurrent map writes, out of memory) and panics in goroutines that
// the application started still end the process.
package raon
