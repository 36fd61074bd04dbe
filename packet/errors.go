package packet

import (
	"errors"
	"fmt"

	"github.com/raon-engine/raon"
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
	// ErrControl: a packet of the engine's own, which has id 0, makes no sense.
	ErrControl = errors.New("bad control packet")
	// ErrNoHello: a packet came before the peer's hello.
	ErrNoHello = errors.New("no hello")
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

// KickedError is why the peer ended the connection, in its own words. Hooks get
// it, with raon.KickRecv0, when both ends have Control.
type KickedError struct {
	Reason raon.KickReason // the peer's
	Text   string          // at most 255 bytes; it comes from the network
}

// Error is the peer's reason and text.
func (e *KickedError) Error() string {
	if e.Text == "" {
		return "kicked by the peer: " + e.Reason.String()
	}
	return fmt.Sprintf("kicked by the peer: %v: %s", e.Reason, e.Text)
}
