package raon

import (
	"testing"

	"github.com/raon-engine/raon/buffer"
	"github.com/raon-engine/raon/internal/inbox"
)

// outboxRig is three workers without ports and a service with a share on each.
// Worker 0 sends.
type outboxRig struct {
	core   *Core
	shares []*share
	pool   *buffer.ChunkPool
}

func newOutboxRig(t *testing.T, inboxSize int) *outboxRig {
	c := &Core{}
	r := &outboxRig{core: c, pool: buffer.NewChunkPool(buffer.PoolOptions{})}
	for i := range 3 {
		w := &worker{core: c, index: i, inbox: inbox.New[message](inboxSize)}
		w.outbox.init(w, 3)
		c.workers = append(c.workers, w)
		r.shares = append(r.shares, &share{worker: w, audience: audience{worker: w}})
	}
	t.Cleanup(func() {
		for _, w := range c.workers {
			w.outbox.drop()
			w.refuseRest()
		}
		r.pool.Close()
		if r.pool.InUse() != 0 {
			t.Errorf("%d chunks in use", r.pool.InUse())
		}
	})
	return r
}

func (r *outboxRig) outbox() *outbox { return &r.core.workers[0].outbox }

// add puts one broadcast of n bytes in for every other worker, as
// Session.Broadcast does, and tells whether there was room.
func (r *outboxRig) add(n int, id uint16) bool {
	if !r.outbox().hasRoom(n) {
		return false
	}
	b := r.pool.Copy(make([]byte, n))
	b.Retain(1)
	for _, sh := range r.shares[1:] {
		r.outbox().add(parcel{audience: &sh.audience, buf: b, id: id})
	}
	return true
}

// received takes everything out of worker i's inbox and lists the packet ids.
func (r *outboxRig) received(i int) (messages int, ids []uint16) {
	for {
		m, ok := r.core.workers[i].inbox.Pop()
		if !ok {
			return messages, ids
		}
		messages++
		for _, p := range m.arg.(*batch).parcels {
			ids = append(ids, p.id)
		}
		m.arg.(*batch).release()
	}
}

func TestATurnsBroadcastsAreOneMessageEach(t *testing.T) {
	r := newOutboxRig(t, 16)
	for id := range uint16(100) {
		if !r.add(10, id) {
			t.Fatal("no room")
		}
	}
	r.outbox().flush()
	for i := range 3 {
		messages, ids := r.received(i)
		if want := min(i, 1); messages != want || len(ids) != 100*want {
			t.Errorf("worker %d got %d messages with %d packets, want %d", i, messages, len(ids), want)
		}
		for j, id := range ids {
			if int(id) != j {
				t.Fatalf("worker %d: packet %d came in place %d", i, id, j)
			}
		}
	}
	if r.outbox().pending() || r.outbox().bytes != 0 {
		t.Errorf("%d bytes left over", r.outbox().bytes)
	}
}

func TestOutboxBytesAreBounded(t *testing.T) {
	r := newOutboxRig(t, 16)
	accepted := 0
	for r.add(1<<20, 0) {
		accepted++
	}
	if got := r.outbox().bytes; got > outboxBytes || got < outboxBytes/2 || accepted == 0 {
		t.Errorf("%d broadcasts with %d bytes wait, want up to %d", accepted, got, outboxBytes)
	}
}

func TestOneBroadcastOfAnySizeFitsAnEmptyOutbox(t *testing.T) {
	r := newOutboxRig(t, 16)
	if !r.add(2*outboxBytes, 0) {
		t.Error("a broadcast larger than the bound can never be sent")
	}
	if r.add(1, 0) {
		t.Error("another one fits on top")
	}
}

func TestOutboxParcelsAreBounded(t *testing.T) {
	r := newOutboxRig(t, 16)
	accepted := 0
	for r.add(1, 0) {
		accepted++
	}
	if accepted != outboxParcels {
		t.Errorf("%d broadcasts wait, want %d", accepted, outboxParcels)
	}
}

// TestFullInboxKeepsTheBatch fills one worker's inbox: its batch waits, grows
// and keeps its order, and the other worker is not held up.
func TestFullInboxKeepsTheBatch(t *testing.T) {
	r := newOutboxRig(t, 2)
	w := r.core.workers[1]
	for w.inbox.Push(message{kind: msgBatch, arg: new(batch)}) {
	}
	r.add(10, 0)
	r.outbox().flush()
	if _, ids := r.received(2); len(ids) != 1 {
		t.Errorf("worker 2 got %d packets, want 1", len(ids))
	}
	if !r.outbox().pending() || r.outbox().bytes != 10 {
		t.Errorf("%d bytes wait for worker 1, want 10", r.outbox().bytes)
	}
	r.add(10, 1)
	r.received(1)
	r.outbox().flush()
	if _, ids := r.received(1); len(ids) != 2 || ids[0] != 0 || ids[1] != 1 {
		t.Errorf("worker 1 got packets %v, want 0 and 1", ids)
	}
	if r.outbox().pending() || r.outbox().bytes != 0 {
		t.Errorf("%d bytes left over", r.outbox().bytes)
	}
}

func TestEndedWorkersBatchIsReleased(t *testing.T) {
	r := newOutboxRig(t, 16)
	r.core.workers[1].halt.Store(true)
	r.add(10, 0)
	r.outbox().flush()
	r.received(2)
	if r.outbox().pending() || r.outbox().bytes != 0 {
		t.Errorf("%d bytes wait for a worker that has ended", r.outbox().bytes)
	}
}
