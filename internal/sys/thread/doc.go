// Package thread names the operating system's thread that runs the caller.
//
// ID returns a number that no other live thread of the process has, or 0 where
// the system does not tell. A goroutine must be locked to its thread for the
// number to mean anything from one call to the next.
package thread
