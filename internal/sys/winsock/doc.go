// Package winsock is the system's side of the port on Windows: completion
// ports, overlapped sockets and files, and the half of a driver that concerns
// handles rather than ports. It decides nothing; what a port does with them is
// in internal/driver/iocp.
//
// [Sockets] makes listeners, sockets and files, sets their options, asks for
// their addresses and closes them. It implements that half of port.Driver and is
// embedded by the driver.
//
// Beside it are the bare calls of the I/O path, each a thin function around one
// call that returns 0 or the error number, and two tables: one maps the
// statuses that the kernel leaves in an OVERLAPPED to error numbers, the other
// maps error numbers to the outcomes of package port.
//
// Every socket made here is overlapped, non-blocking and not inherited by child
// processes. Non-blocking concerns [Recv] alone: overlapped calls never wait.
//
// An OVERLAPPED, and whatever a pending operation refers to, belongs to the
// kernel until the packet has come. Memory that the kernel writes to then must
// not move or be freed: [Alloc] gives such memory outside the Go heap. What a
// call only reads or writes before it returns may be anywhere.
package winsock
