package ready

import (
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// What an edge tells. A kernel may tell several at once, and too much.
type What uint8

const (
	Readable What = 1 << iota // bytes, a connection or the end can be read
	Writable                  // there is room, or a connect has ended
	PeerDone                  // the peer has finished sending: read on to the end
	Broken                    // the descriptor failed or was hung up: both lanes look
)

// Edge is one event of the kernel's queue.
type Edge struct {
	Ref  port.Ref // what the descriptor was registered with
	What What
}

// Queue is a kernel's event queue. All methods but Interrupt belong to the
// port's thread. Errors are the system's error numbers.
type Queue interface {
	// Add registers fd for its life, edge-triggered, for reading and the peer's
	// end. What is true already is reported by the next Wait.
	Add(fd int, ref port.Ref) error
	// AddWrite widens the registration to writing, for the rest of its life.
	// Being writable already is reported by the next Wait.
	AddWrite(fd int, ref port.Ref) error
	// Remove ends a registration. Closing a descriptor that has no duplicate
	// does so too.
	Remove(fd int) error
	// Wait fills edges, after sleeping for up to wait when there are none; a
	// negative wait has no limit. A signal may cut it short, with n == 0.
	Wait(edges []Edge, wait time.Duration) (n int, err error)
	// Interrupt ends a Wait that sleeps or is about to. Any thread.
	Interrupt()
	// Close ends the queue.
	Close() error
}
