package raon

import (
	"errors"
	"sync"

	"github.com/raon-engine/raon/buffer"
)

// Broadcast sends buf as one packet to every connected session of the service,
// this one too, and takes over one reference of buf, also when it fails. The
// members on this worker have it queued at once; each other worker gets
// everything broadcast in this turn in one message. Every member sees one
// sender's broadcasts in the order made. Errors: ErrQueueFull, when another
// worker has not taken what earlier turns sent it: nothing was sent; Pause and
// try again later.
func (s *Session) Broadcast(buf buffer.SendBuffer, packetID uint16) error {
	w := s.worker
	if !w.outbox.hasRoom(buf.Len()) {
		buf.Release(1)
		return ErrQueueFull
	}
	for i, sh := range s.service.shares {
		if i != w.index {
			buf.Retain(1)
			w.outbox.add(parcel{audience: &sh.audience, buf: buf, id: packetID})
		}
	}
	s.share.audience.broadcast(&parcel{buf: buf, id: packetID})
	return nil
}

// BroadcastTo sends buf as one packet to every member of g, whether this session
// is one or not, and takes over one reference of buf, also when it fails. It
// reaches them as Broadcast does. Errors: ErrQueueFull, as Broadcast.
func (s *Session) BroadcastTo(g *Group, buf buffer.SendBuffer, packetID uint16, opts BroadcastOptions) error {
	w := s.worker
	if !w.outbox.hasRoom(buf.Len()) {
		buf.Release(1)
		return ErrQueueFull
	}
	p := parcel{buf: buf, id: packetID, except: opts.Except, key: opts.Key}
	for i := range g.parts {
		a := g.parts[i].Load()
		if i == w.index || a == nil || a.size.Load() == 0 {
			continue
		}
		buf.Retain(1)
		p.audience = a
		w.outbox.add(p)
	}
	if a := g.parts[w.index].Load(); a != nil {
		a.broadcast(&p)
		return nil
	}
	buf.Release(1)
	return nil
}

// parcel is one broadcast on its way to an audience.
type parcel struct {
	audience *audience
	buf      buffer.SendBuffer
	id       uint16
	except   SessionRef
	key      uint64
}

// pushBroadcast hands the worker a broadcast from elsewhere.
func (w *worker) pushBroadcast(p parcel) error {
	return w.push(message{kind: msgBroadcast, arg: p.audience, buf: p.buf, id: p.id,
		session: p.except.session, gen: p.except.gen, key: p.key})
}

// batch is what one worker broadcast to another in one turn, one message.
type batch struct{ parcels []parcel }

var batches = sync.Pool{New: func() any { return new(batch) }}

// deliver queues every parcel on the receiving worker.
func (b *batch) deliver() {
	for i := range b.parcels {
		p := &b.parcels[i]
		p.audience.broadcast(p)
	}
	b.recycle()
}

// release drops every parcel.
func (b *batch) release() {
	for _, p := range b.parcels {
		p.buf.Release(1)
	}
	b.recycle()
}

func (b *batch) recycle() {
	clear(b.parcels)
	b.parcels = b.parcels[:0]
	batches.Put(b)
}

// outbox gathers a worker's broadcasts to the others until the end of the turn.
// A batch that another worker's inbox has no room for waits here, and counts
// against outboxBytes.
type outbox struct {
	worker *worker
	to     []*batch // by worker index; nil is empty
	filled int      // batches that are not nil
	bytes  int      // in all of them
}

// outboxBytes and outboxParcels bound what waits in one worker's outbox, but for
// one broadcast of any size.
const (
	outboxBytes   = 8 << 20
	outboxParcels = 64 << 10
)

func (o *outbox) init(w *worker, workers int) {
	o.worker, o.to = w, make([]*batch, workers)
}

func (o *outbox) pending() bool { return o.filled > 0 }

// hasRoom tells whether a broadcast of n bytes may be added.
func (o *outbox) hasRoom(n int) bool {
	if o.bytes > 0 && o.bytes+n*(len(o.to)-1) > outboxBytes {
		return false
	}
	for _, b := range o.to {
		if b != nil && len(b.parcels) >= outboxParcels {
			return false
		}
	}
	return true
}

func (o *outbox) add(p parcel) {
	i := p.audience.worker.index
	if o.to[i] == nil {
		o.to[i] = batches.Get().(*batch)
		o.filled++
	}
	o.to[i].parcels = append(o.to[i].parcels, p)
	o.bytes += p.buf.Len()
}

// flush posts the batches; those that find no room stay for the next turn.
func (o *outbox) flush() {
	if o.filled == 0 {
		return
	}
	for i, b := range o.to {
		if b == nil {
			continue
		}
		bytes := 0
		for _, p := range b.parcels {
			bytes += p.buf.Len()
		}
		err := o.worker.core.workers[i].push(message{kind: msgBatch, arg: b})
		if errors.Is(err, ErrQueueFull) {
			continue
		}
		if err != nil {
			b.release()
		}
		o.to[i] = nil
		o.filled--
		o.bytes -= bytes
	}
}

// drop releases what is left when the worker ends.
func (o *outbox) drop() {
	for i, b := range o.to {
		if b != nil {
			b.release()
			o.to[i] = nil
		}
	}
	o.filled, o.bytes = 0, 0
}
