// Package socket is the half of a driver that concerns handles rather than
// ports: it makes listeners, sockets and files, sets their options, asks for
// their addresses and closes them. [Sockets] implements that half of
// port.Driver and is embedded by the drivers of one operating system.
//
// Beside it are the bare system calls of the I/O path, each a thin function
// around one call, and the table that maps the system's error numbers to the
// outcomes of package port.
//
// Every descriptor made here is non-blocking and not inherited by child
// processes.
package socket
