//go:build linux

package uring

import "github.com/raon-engine/raon/internal/port"

// token is the user data of a request: which slot, which lane of it, and which
// of all requests that ever used the slot. A completion whose stamp is not the
// one in the lane is of a request that the slot has forgotten. The stamp counts
// on over all generations of a slot, so it covers them, and a lane's ops.
type token uint64

const (
	slotBits = 24
	laneBits = 8
	maxSlots = 1 << slotBits
)

// Lanes of tokens that belong to no slot.
const (
	laneWake   = port.Lanes + iota // the poll of the eventfd
	laneCancel                     // plus the lane whose request shall end
)

func makeToken(slot uint32, lane int, stamp uint32) token {
	return token(stamp)<<(slotBits+laneBits) | token(lane)<<slotBits | token(slot)
}

func (t token) slot() uint32  { return uint32(t) & (maxSlots - 1) }
func (t token) lane() int     { return int(uint8(t >> slotBits)) }
func (t token) stamp() uint32 { return uint32(t >> (slotBits + laneBits)) }

// cancellation is the token of the request that cancels t, and target the
// inverse.
func (t token) cancellation() token { return t + laneCancel<<slotBits }
func (t token) target() token       { return t - laneCancel<<slotBits }
