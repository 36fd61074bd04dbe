// Package netconn makes sessions into net.Conns, for code that is written for the
// standard library: HTTP, TLS, databases. Goroutines wait in Read and Write as they
// do there; the engine's workers never do.
//
// A Conn keeps at most RecvBytes of what its reader has not taken, and WriteBytes
// of what the kernel has not: then the peer, or the writer, waits.
package netconn
