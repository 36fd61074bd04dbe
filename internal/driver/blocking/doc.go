// Package blocking does what the system has no other way of doing than to
// block: file calls, for the ports of all drivers that need it. A port puts a
// [Task] in and takes it out when it is done; the goroutines that do the work
// know nothing of the port but how to wake it.
package blocking
