// Package kqueue is the port on the BSDs and macOS: package ready on top of
// kqueue(2). Descriptors are registered once for reading, edge-triggered
// (EV_CLEAR), and once for writing when a write first finds no room. Registering
// twice changes nothing, and closing a descriptor ends it.
//
// A kernel's event names a descriptor, not a slot, because the word that it
// could carry for us is a pointer on most of these systems. The queue keeps the
// slot of each descriptor instead.
package kqueue
