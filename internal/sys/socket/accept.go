//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// Verdict is what the error number of an accept means for the listener.
type Verdict uint8

// The verdicts.
const (
	AcceptOK     Verdict = iota // a connection
	AcceptEmpty                 // the backlog is empty
	AcceptDead                  // this connection died in the backlog: take the next
	AcceptFull                  // out of descriptors or memory: later
	AcceptBroken                // the listener itself is of no use any more
)

// AcceptVerdict judges errno. Linux passes errors that are pending on the new
// connection on to the listener, accept(2), above all those that say that a
// network is unreachable; they are no reason to stop. The BSDs tell of aborted
// ones only.
func AcceptVerdict(errno unix.Errno) Verdict {
	switch errno {
	case 0:
		return AcceptOK
	case unix.EAGAIN:
		return AcceptEmpty
	case unix.EINTR, unix.ECONNABORTED, unix.EPROTO, unix.EPERM, unix.ETIMEDOUT, unix.ENOPROTOOPT:
		return AcceptDead
	case unix.EMFILE, unix.ENFILE, unix.ENOBUFS, unix.ENOMEM:
		return AcceptFull
	}
	if Outcome(errno) == port.ErrUnreachable {
		return AcceptDead
	}
	return AcceptBroken
}
