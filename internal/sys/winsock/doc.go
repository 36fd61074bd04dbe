// Package winsock is Windows as a completion port driver sees it: the calls that
// golang.org/x/sys/windows lacks or makes dearer than they are, socket options
// by their Windows names, and what each of its error numbers means to the
// contract in package port.
//
// The calls of the I/O path are made by address, allocate nothing and return
// error numbers: 0 for done at once, [Pending] for a packet to come.
package winsock
