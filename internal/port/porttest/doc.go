// Package porttest holds a driver to the contract of package port. A driver
// passes it from its own test:
//
//	func TestContract(t *testing.T) {
//		porttest.Run(t, porttest.Config{New: newDriver, Check: noHandlesLeft})
//	}
//
// Each aspect of the contract is a subtest with ports of its own. The suite
// knows drivers only through the contract: it asks Caps what one can do, plays
// misbehaving peers with the driver's own sockets, and gets from Config what a
// test cannot make portably, such as a full disk.
//
// # Harness
//
// A loop drives one port on the test's own locked goroutine. It checks
// every event against what the contract says of all events: its op was pending,
// it ends once, its Object is the attachment's, nothing follows the end of a
// Disconnect, one Poll returns at most PassBytes of one attachment. Every
// stream of bytes carries a pattern of its own that depends on the position,
// so that a lost, repeated or foreign byte is seen where it arrives. A loop ends
// by disconnecting what is still attached, and then nothing may be pending,
// lent or attached.
//
// Nothing sleeps to synchronise: a loop polls until a condition holds, and only
// a failing test waits as long as Config.Patience. That something does not
// happen can only be shown for a while; quiet does that, and lasts milliseconds.
//
// The suite's own test runs it on drivers with one flaw each, which the aspect
// in question has to notice.
package porttest
