// Package limits reads the limits of the process and of the machine that a
// server runs into: descriptors, backlog, ports, locked memory, io_uring. It
// only reports; RaiseOpenFiles is the one thing it changes.
package limits
