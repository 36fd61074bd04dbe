package bots

import (
	"fmt"

	"github.com/raon-engine/raon/cmd/raon/internal/frame"
	"github.com/raon-engine/raon/cmd/raon/internal/payload"
)

// Packet ids: one for probes, the rest go round with the sequence, so that the
// id of a frame is verified too.
const (
	probeID     = 1
	firstDataID = 2
	dataIDs     = 1<<16 - firstDataID
)

func dataID(seq uint64) uint16 { return uint16(firstDataID + seq%dataIDs) }

// verifier checks what one session receives: every byte, from whom, and that
// each sender's frames come once and in order. It belongs to its session.
type verifier struct {
	seed  payload.Seed
	bytes int      // size of every frame
	first uint32   // the sender of next[0]
	next  []uint64 // per sender: the sequence expected
}

// fault is one finding of check. The zero fault is none.
type fault struct {
	kind   faultKind
	count  uint64
	detail string
}

func faultf(kind faultKind, count uint64, format string, args ...any) fault {
	return fault{kind: kind, count: count, detail: fmt.Sprintf(format, args...)}
}

// check takes one whole frame. counts tells whether it is a delivery to count;
// a skipped sequence is a fault although the frame that shows it counts.
func (v *verifier) check(f []byte) (stamp payload.Stamp, counts bool, found fault) {
	stamp, err := v.seed.Check(frame.Payload(f))
	id := frame.ID(f)
	switch {
	case err != nil:
		return stamp, false, faultf(badFrame, 1, "%v", err)
	case len(f) != v.bytes:
		return stamp, false, faultf(badFrame, 1, "%d bytes, %d were sent", len(f), v.bytes)
	case id == probeID:
		return stamp, false, fault{}
	case id != dataID(stamp.Seq):
		return stamp, false, faultf(badFrame, 1, "packet id %d instead of %d", id, dataID(stamp.Seq))
	}
	slot := int64(stamp.Sender) - int64(v.first)
	if slot < 0 || slot >= int64(len(v.next)) {
		return stamp, false, faultf(foreign, 1, "from session %d", stamp.Sender)
	}
	counts, found = v.order(&v.next[slot], stamp)
	return stamp, counts, found
}

// order compares a sequence with the one expected and expects its successor.
func (v *verifier) order(next *uint64, s payload.Stamp) (counts bool, found fault) {
	want := *next
	if s.Seq < want {
		return false, faultf(repeated, 1, "frame %d of session %d, %d was next", s.Seq, s.Sender, want)
	}
	*next = s.Seq + 1
	if s.Seq > want {
		found = faultf(skipped, s.Seq-want, "frame %d of session %d, %d was next", s.Seq, s.Sender, want)
	}
	return true, found
}
