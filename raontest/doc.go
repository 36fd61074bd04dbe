// Package raontest runs a Core on a simulated network with a virtual clock, on
// one goroutine, for testing handlers without sockets, sleeps or luck.
//
// A [Lab] has one manual [raon.Core]. Register services on it as a program
// would, connect to them with the Core's own clients or with a [Peer], a raw
// end of a connection that the test moves by hand, and let things happen with
// [Lab.Run] or [Lab.Pass]. Time passes only when nobody has anything to do, so
// a 30 s timeout takes no time to test. The same seed gives the same run.
package raontest
