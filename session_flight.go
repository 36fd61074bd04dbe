package raon

import (
	"github.com/raon-engine/raon/buffer"
	"github.com/raon-engine/raon/internal/port"
)

// flight is the one send that a session has in the kernel: a run of the queue's
// oldest packets.
type flight struct {
	entries int               // queue entries it touches, from the oldest
	ahead   int               // bytes that the kernel had before the op was submitted
	plain   int               // with layers: bytes of the queue it carries
	sealed  buffer.SendBuffer // with layers: what is on the wire
	one     [1][]byte         // a send of one piece needs no gather list
	gather  *gather
}

// gather is a list of pieces for one send. The worker lends it to a session for
// the time of the send.
type gather struct{ pieces [port.MaxGather][]byte }

// gatherPool keeps the worker's unused gather lists.
type gatherPool struct{ freeList[gather] }

// keptGathers bounds them: 1.5 MiB.
const keptGathers = 1024

func (p *gatherPool) put(g *gather) { p.freeList.put(g, keptGathers) }

// clear gives back what the flight held.
func (f *flight) clear(w *worker) {
	if f.gather != nil {
		w.gathers.put(f.gather)
	}
	f.sealed.Release(1)
	*f = flight{}
}

// startSend hands the oldest packets to the port, unless a send is in flight:
// two at once would interleave on the wire.
func (s *Session) startSend() {
	if s.has(flagSending) {
		s.set(flagBacklogged)
		return
	}
	if bufs := s.nextFlight(); len(bufs) > 0 {
		s.submitSend(bufs)
	}
}

// settleSend is startSend where no callback is running. What the port can send at
// once needs no op, no event and no second visit to a session that is cold by then.
func (s *Session) settleSend() {
	sender := s.share.ground.sender
	if sender == nil || s.has(flagSending) {
		s.startSend()
		return
	}
	bufs := s.nextFlight()
	if len(bufs) != 1 {
		if len(bufs) > 0 {
			s.submitSend(bufs)
		}
		return
	}
	n, err := sender.TrySend(s.ref, bufs[0])
	switch {
	case err != nil:
		s.flight.clear(s.worker)
		s.kick(KickSendError, err)
	case n == len(bufs[0]):
		s.set(flagSending) // until OnSend knows
		s.sent(n)
	default:
		s.flight.ahead = n
		bufs[0] = bufs[0][n:]
		s.submitSend(bufs)
	}
}

// nextFlight lists the pieces of the next send; none if there is nothing to send.
func (s *Session) nextFlight() [][]byte {
	s.dropLeading()
	switch {
	case s.queue.count == 0:
		return nil
	case s.layers != nil:
		return s.sealNext()
	}
	return s.gatherNext()
}

func (s *Session) submitSend(bufs [][]byte) {
	s.sendOp = port.Op{Type: port.OpSend, Target: s.ref, Bufs: bufs}
	s.set(flagSending)
	s.share.ground.port.Submit(&s.sendOp)
	s.armStallTimer()
}

// dropLeading removes packets that QueueDropOldest emptied from the front, so
// that a queue of nothing else is empty.
func (s *Session) dropLeading() {
	for s.queue.count > 0 && s.queue.oldest().dropped {
		s.queue.pop(&s.worker.blocks)
	}
	if s.queue.count == 0 {
		s.drained()
	}
}

// gatherNext lists the pieces of the next send: at most MaxGather of them and
// SendChunk bytes. Packets that lie side by side in memory, as those written in
// one turn do, become one piece without being copied.
func (s *Session) gatherNext() [][]byte {
	g := collector{flight: &s.flight, pool: &s.worker.gathers}
	skip, left := s.queue.sent, port.SendChunk
	for c := s.queue.walk(); left > 0; {
		e := c.next()
		if e == nil {
			break
		}
		part := e.buf.Sub(skip, min(e.buf.Len()-skip, left))
		if !g.add(part) {
			break
		}
		s.flight.entries++
		left -= part.Len()
		skip = 0
	}
	return g.list()
}

// collector builds a gather list, joining neighbours.
type collector struct {
	flight *flight
	pool   *gatherPool
	piece  buffer.SendBuffer // being extended, not yet in the list
	n      int               // pieces in the list
}

// add appends part. It tells whether there was room.
func (g *collector) add(part buffer.SendBuffer) bool {
	if part.Len() == 0 {
		return true
	}
	if joined, ok := g.piece.Join(part); ok {
		g.piece = joined
		return true
	}
	if g.n == port.MaxGather-1 {
		return false
	}
	g.flush()
	g.piece = part
	return true
}

// flush puts the piece into the list; the second one needs a gather.
func (g *collector) flush() {
	if g.piece.Len() == 0 {
		return
	}
	f := g.flight
	if g.n == 0 {
		f.one[0] = g.piece.Bytes()
		g.n = 1
		return
	}
	if f.gather == nil {
		f.gather = g.pool.get()
		f.gather.pieces[0] = f.one[0]
	}
	f.gather.pieces[g.n] = g.piece.Bytes()
	g.n++
}

func (g *collector) list() [][]byte {
	g.flush()
	if g.flight.gather != nil {
		return g.flight.gather.pieces[:g.n]
	}
	return g.flight.one[:g.n]
}
