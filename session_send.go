package raon

import (
	"github.com/raon-engine/raon/buffer"
	"github.com/raon-engine/raon/internal/invariant"
)

// QueuePolicy says what happens when a packet does not fit a session's send
// queue.
type QueuePolicy uint8

// The policies. A peer that takes no byte for StallTimeout is disconnected
// under each of them.
const (
	QueueDisconnect QueuePolicy = iota // abort the session with KickSlowConsumer
	QueueDropNewest                    // drop the packet that does not fit, and count it
	QueueDropOldest                    // drop the oldest droppable packets; disconnect when that is not enough
	QueueTell                          // refuse with ErrQueueFull and let the caller decide
)

// smallPacket is the size below which a packet is copied into the queue's own
// memory while the queue is backlogged. Otherwise one small packet could keep a
// whole shared chunk alive for as long as a slow peer likes.
const smallPacket = 4 << 10

// SendBytes queues a copy of p as one packet. It leaves with everything else of
// this turn. Errors: ErrSessionClosed, ErrQueueFull under QueueTell.
func (s *Session) SendBytes(p []byte, packetID uint16) error {
	s.catchUp()
	if ok, err := s.admit(len(p)); !ok || len(p) == 0 {
		return err
	}
	s.enqueue(entry{buf: s.copyIn(p), id: packetID})
	return nil
}

// Send queues buf as one packet and takes over one reference of it, also when
// it fails. Errors: as SendBytes.
func (s *Session) Send(buf buffer.SendBuffer, packetID uint16) error {
	s.catchUp()
	return s.push(entry{buf: buf, id: packetID}, 0)
}

// SendDroppable is Send for a packet that QueueDropOldest may drop: one that a
// newer packet makes worthless.
func (s *Session) SendDroppable(buf buffer.SendBuffer, packetID uint16) error {
	s.catchUp()
	return s.push(entry{buf: buf, id: packetID, droppable: true}, 0)
}

// SendLatest is SendDroppable for a packet that replaces an earlier one with the
// same key, not 0, if that one still waits in the queue: a slow peer gets the
// newest state, at the time of the newest, and never a backlog of old ones.
func (s *Session) SendLatest(buf buffer.SendBuffer, packetID uint16, key uint64) error {
	s.catchUp()
	return s.push(entry{buf: buf, id: packetID, droppable: true}, key)
}

// push queues e and takes over its reference. Under a key other than 0 it
// replaces what still waits under that key. The caller has caught up.
func (s *Session) push(e entry, key uint64) error {
	if key != 0 && s.has(flagSending) {
		s.dropped(s.queue.supersede(key, s.flight.entries))
	}
	if ok, err := s.admit(e.buf.Len()); !ok || e.buf.Len() == 0 {
		e.buf.Release(1)
		return err
	}
	if s.has(flagBacklogged) && e.buf.Len() < smallPacket {
		own := s.copyIn(e.buf.Bytes())
		e.buf.Release(1)
		e.buf = own
	}
	s.enqueue(e)
	if key != 0 && s.has(flagSending) {
		s.queue.remember(key)
	}
	return nil
}

// copyIn copies a packet into memory of the worker, or of the queue's own while
// it is backlogged.
func (s *Session) copyIn(p []byte) buffer.SendBuffer {
	if !s.has(flagBacklogged) || len(p) >= smallPacket {
		return s.worker.chunks.Copy(p)
	}
	var b buffer.SendBuffer
	b, s.run = s.worker.chunks.Append(s.run, p)
	return b
}

// enqueue appends an admitted packet.
func (s *Session) enqueue(e entry) {
	if s.queue.count == 0 {
		s.progress = s.worker.now
	}
	s.queue.push(&s.worker.blocks, e)
	if !s.has(flagHigh) && s.queue.bytes > s.service.limits.HighWaterBytes {
		s.hold(flagHigh)
	}
	s.touch()
}

// admit tells whether n more bytes may be queued, and applies the policy when
// not. A packet that the policy drops is no error to its sender.
func (s *Session) admit(n int) (ok bool, err error) {
	if s.state != stateConnected || s.has(flagDisconnectDue|flagCloseWrite) {
		return false, ErrSessionClosed
	}
	limits := &s.service.limits
	over := s.queue.bytes + n - limits.QueueBytes
	if over <= 0 {
		return true, nil
	}
	switch limits.Policy {
	case QueueDropNewest:
		s.dropped(1)
		return false, nil
	case QueueTell:
		if s.has(flagAdmitted) {
			return true, nil
		}
		return false, ErrQueueFull
	case QueueDropOldest:
		packets, bytes := s.queue.dropOldest(s.flight.entries, max(over, limits.QueueBytes/8))
		s.dropped(packets)
		if bytes >= over {
			return true, nil
		}
	}
	s.kick(KickSlowConsumer, nil)
	return false, ErrSessionClosed
}

func (s *Session) dropped(packets int) {
	if packets > 0 {
		s.share.totals.dropped.add(uint64(packets))
	}
}

// sendForeign queues what another goroutine sent. Under QueueTell its caller has
// been told that there is room, so it is not refused any more, even if the
// session itself has filled the queue since.
func (s *Session) sendForeign(gen uint32, buf buffer.SendBuffer, packetID uint16) {
	if !s.alive(gen) {
		buf.Release(1)
		return
	}
	s.foreign.Add(-int64(buf.Len()))
	s.set(flagAdmitted)
	_ = s.Send(buf, packetID) // the policy deals with it; nobody is left to tell
	s.clear(flagAdmitted)
}

// alive tells whether generation gen still takes messages: until OnDisconnect.
// The worker's; the state is its own only while the generation lives.
func (s *Session) alive(gen uint32) bool { return s.word.live(gen) && s.state < stateLeaving }

// Flush hands what is queued to the kernel now instead of at the end of the
// turn. It is worth it before long work in a callback, and otherwise not.
func (s *Session) Flush() {
	if s.state == stateConnected && !s.has(flagAbort) {
		s.catchUp()
		s.startSend()
	}
}

// sent handles the end of a send: n bytes are the kernel's. Until OnSend knows of
// all of them the send counts as in flight, so that a Flush in there does not
// send what is still in the queue a second time.
func (s *Session) sent(n int) {
	defer s.land() // also when OnSend panics
	s.progress, s.doneSeen = s.worker.now, 0
	s.share.totals.bytesOut.add(uint64(n))
	s.stats.bytesOut.add(uint64(n))
	packets := s.retire(n)
	s.stats.packetsOut.add(uint64(packets))
	s.share.totals.packetsOut.add(uint64(packets))
}

// land ends the flight.
func (s *Session) land() {
	s.clear(flagSending)
	s.flight.clear(s.worker)
	if s.queue.count == 0 {
		s.drained()
		if s.state == stateConnected && !s.has(flagsToSettle) {
			s.stats.queued.Store(0)
			return
		}
	}
	s.touch()
}

// flagsToSettle are those by which the end of a send means more than an empty
// queue. Without them there is nothing to settle, which in a room is half of all.
const flagsToSettle = flagHigh | flagHighTold | flagEOF | flagRedeliver | flagDraining | flagDisconnectDue | flagCloseWrite | flagAbort

// retire removes what n sent bytes cover from the queue and reports each whole
// packet to OnSend.
func (s *Session) retire(n int) (packets int) {
	if s.layers != nil {
		n = s.flight.plain // sealed bytes count as the packets they carry
	}
	q, pool := &s.queue, &s.worker.blocks
	var rel releaser
	for q.count > 0 {
		e := q.oldest()
		rest := e.buf.Len() - q.sent
		if rest > n {
			q.take(n)
			n = 0
			break
		}
		n -= rest
		done := q.pop(pool)
		switch {
		case done.dropped:
			continue
		case s.onSend == nil || done.raw:
			rel.add(done.buf)
		default:
			s.tellSent(done)
		}
		packets += max(1, int(done.packets))
		if n == 0 {
			break
		}
	}
	rel.flush()
	invariant.Check(n == 0, "session: more sent than queued")
	return packets
}

// tellSent reports a packet. The reference goes first: the callback may panic.
func (s *Session) tellSent(e entry) {
	n := e.buf.Len()
	e.buf.Release(1)
	s.enter()
	s.onSend.OnSend(s, n, e.id)
	s.leave()
}

// drained runs when the queue has become empty.
func (s *Session) drained() {
	s.worker.chunks.Retire(s.run)
	s.run, s.queue.latest = nil, nil
	s.clear(flagBacklogged)
}

// discardQueue releases everything that is still queued.
func (s *Session) discardQueue() {
	var rel releaser
	for s.queue.count > 0 {
		if e := s.queue.pop(&s.worker.blocks); !e.dropped {
			rel.add(e.buf)
		}
	}
	rel.flush()
	s.drained()
}
