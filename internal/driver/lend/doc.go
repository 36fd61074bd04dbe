// Package lend holds the receive buffers of ports that read by a call of their
// own, once they know that there is something to read: readiness ports and
// completion ports alike. A Slabs belongs to one port and its thread.
package lend
