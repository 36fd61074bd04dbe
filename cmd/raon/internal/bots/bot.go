package bots

import (
	"errors"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/cmd/raon/internal/frame"
	"github.com/raon-engine/raon/cmd/raon/internal/payload"
)

// bot is the handler of one session. It belongs to the session's worker.
type bot struct {
	run     *run
	lane    *lane
	session *raon.Session // nil once it has ended
	index   uint32        // 0 to Sessions-1, in the order connected
	seq     uint64        // frames sent
	due     time.Duration // open loop: when the next frame is to be sent
	joined  bool          // rooms: a probe has arrived
	broken  bool          // the stream cannot be read any more; already reported
	verify  verifier
}

// OnConnect gives the bot its place in the run.
func (b *bot) OnConnect(s *raon.Session, err error) {
	defer b.run.arrivals.Add(1)
	if err != nil {
		b.run.blame(connectFailed, "%v", err)
		return
	}
	o := b.run.opts
	b.session = s
	b.index = b.run.indexes.Add(1) - 1
	b.verify = verifier{seed: b.run.seed, bytes: o.frameBytes(), next: make([]uint64, o.heard())}
	if o.echo() {
		b.verify.first = b.index
	}
	b.lane = b.run.lanes[s.Worker()]
	b.lane.add(b)
}

// OnRecv verifies every whole frame.
func (b *bot) OnRecv(s *raon.Session, data []byte) int {
	now := b.run.now()
	used, delivered := 0, uint64(0)
	for {
		n, err := frame.Next(data[used:], frame.MaxBytes)
		if err != nil {
			b.broken = true
			b.run.faults.add(badFrame, 1, "session %d: %v", b.index, err)
			s.Abort(raon.KickPacketError)
			return len(data)
		}
		if n == 0 {
			break
		}
		if b.take(data[used:used+n], now) {
			delivered++
		}
		used += n
	}
	b.lane.delivered(delivered, now)
	b.lane.release(now)
	return used
}

// take handles one frame and tells whether it is a delivery.
func (b *bot) take(f []byte, now time.Duration) bool {
	stamp, counts, found := b.verify.check(f)
	if found.count > 0 {
		b.run.faults.add(found.kind, found.count, "session %d: %s", b.index, found.detail)
	}
	if !counts {
		if found.count == 0 && !b.joined {
			b.joined = true
			b.run.joined.Add(1)
		}
		return false
	}
	b.lane.latencies.Record(now - time.Duration(stamp.TimeNs))
	if b.run.opts.Rate == 0 && stamp.Sender == b.index {
		b.lane.held = append(b.lane.held, b)
	}
	return true
}

// sendOne sends the next frame of a closed loop. Its bound is the depth, so a
// full queue is a fault like any other.
func (b *bot) sendOne(now time.Duration) {
	err := b.send(now)
	if err != nil && !errors.Is(err, raon.ErrSessionClosed) {
		b.run.faults.add(sendFailed, 1, "session %d: %v", b.index, err)
	}
}

// send sends the bot's next frame, stamped with at. Errors: ErrSessionClosed,
// ErrQueueFull; the frame is then still the next one.
func (b *bot) send(at time.Duration) error {
	id := dataID(b.seq)
	if err := b.sendFrame(id, b.seq, at); err != nil {
		return err
	}
	b.seq++
	b.lane.sent.Add(1)
	return nil
}

func (b *bot) sendFrame(id uint16, seq uint64, at time.Duration) error {
	if b.session == nil {
		return raon.ErrSessionClosed
	}
	f := b.lane.frame
	frame.PutHeader(f, id)
	b.run.seed.Fill(frame.Payload(f), payload.Stamp{Sender: b.index, Seq: seq, TimeNs: int64(at)})
	return b.session.SendBytes(f, id)
}

// OnDisconnect is a fault until the run closes its sessions itself.
func (b *bot) OnDisconnect(_ *raon.Session, reason raon.KickReason, err error) {
	b.session = nil
	b.lane.lost()
	switch {
	case b.broken:
	case err != nil:
		b.run.blame(disconnected, "session %d: %v, %v", b.index, reason, err)
	default:
		b.run.blame(disconnected, "session %d: %v", b.index, reason)
	}
}
