package packet

import (
	"errors"
	"fmt"
)

// What a packet may be refused for. Match with errors.Is.
var (
	// ErrUnknownID: the id is not in the table.
	ErrUnknownID = errors.New("unknown id")
	// ErrDirection: the message is one that this end sends and does not take.
	ErrDirection = errors.New("wrong direction")
	// ErrSize: the packet or its payload is too short or too long.
	ErrSize = errors.New("bad size")
	// ErrDecode: the codec refused the payload. Its own error is inside too.
	ErrDecode = errors.New("payload refused")
	// ErrEncode: the codec could not write the message. Its own error is inside too.
	ErrEncode = errors.New("message refused")
	// ErrFlood: a budget was exceeded.
	ErrFlood = errors.New("over budget")
	// ErrNotAuthenticated: the message may not come before Authenticated.
	ErrNotAuthenticated = errors.New("not authenticated")
)

// Error is why a packet was refused. It is what OnDisconnect gets after
// KickPacketError and KickFlood, and what Send and Encode return.
type Error struct {
	ID   uint16
	Name string // "" for an id that is not in the table
	Err  error
}

// Error names the packet and the cause.
func (e *Error) Error() string {
	if e.Name == "" {
		return fmt.Sprintf("packet %d: %v", e.ID, e.Err)
	}
	return fmt.Sprintf("packet %d (%s): %v", e.ID, e.Name, e.Err)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }
