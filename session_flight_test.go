package raon

import (
	"bytes"
	"testing"

	"github.com/raon-engine/raon/buffer"
	"github.com/raon-engine/raon/internal/port"
)

// flightRig is a session with a queue and no port.
type flightRig struct {
	t    *testing.T
	pool *buffer.ChunkPool
	s    *Session
	all  []byte // what the queue holds
}

func newFlightRig(t *testing.T) *flightRig {
	r := &flightRig{t: t, pool: buffer.NewChunkPool(buffer.PoolOptions{}), s: &Session{worker: &worker{}}}
	t.Cleanup(func() {
		r.s.flight.clear(r.s.worker)
		for r.s.queue.count > 0 {
			e := r.s.queue.pop(&r.s.worker.blocks)
			e.buf.Release(1)
		}
		r.pool.Close()
		if r.pool.InUse() != 0 {
			t.Errorf("%d chunks in use", r.pool.InUse())
		}
	})
	return r
}

// queue appends a packet of n bytes. apart keeps it from lying next to the last.
func (r *flightRig) queue(n int, apart bool) {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(len(r.all) + i)
	}
	r.all = append(r.all, data...)
	if apart {
		r.pool.Copy([]byte("x")).Release(1)
	}
	r.s.queue.push(&r.s.worker.blocks, entry{buf: r.pool.Copy(data)})
}

// next gathers one send and compares it with the queue's first bytes.
func (r *flightRig) next(pieces, size, entries int) {
	r.t.Helper()
	r.s.flight.clear(r.s.worker)
	bufs := r.s.gatherNext()
	got := bytes.Join(bufs, nil)
	if len(bufs) != pieces || len(got) != size || r.s.flight.entries != entries {
		r.t.Errorf("a send of %d pieces, %d bytes, %d packets; want %d, %d, %d", len(bufs), len(got), r.s.flight.entries, pieces, size, entries)
	}
	if !bytes.Equal(got, r.all[:len(got)]) {
		r.t.Error("other bytes than queued")
	}
}

func TestNeighboursBecomeOnePiece(t *testing.T) {
	r := newFlightRig(t)
	for range 1000 {
		r.queue(20, false)
	}
	r.next(1, 20_000, 1000)
}

func TestAtMostMaxGatherPieces(t *testing.T) {
	r := newFlightRig(t)
	for range 3 * port.MaxGather {
		r.queue(20, true)
	}
	r.next(port.MaxGather, 20*port.MaxGather, port.MaxGather)
}

func TestAtMostSendChunkBytes(t *testing.T) {
	r := newFlightRig(t)
	for range 3 {
		r.queue(30<<10, true)
	}
	r.next(3, port.SendChunk, 3)
}

func TestLargePacketGoesInParts(t *testing.T) {
	r := newFlightRig(t)
	r.queue(150<<10, false)
	r.queue(10, false)
	r.next(1, port.SendChunk, 1)
	for range 2 {
		r.s.queue.take(port.SendChunk)
		r.all = r.all[port.SendChunk:]
	}
	r.next(2, 22<<10+10, 2)
}

func TestDroppedPacketsLeaveNoPiece(t *testing.T) {
	r := newFlightRig(t)
	r.queue(10, true)
	r.s.queue.push(&r.s.worker.blocks, entry{dropped: true})
	r.queue(10, true)
	r.next(2, 20, 3)
}

func TestGatheringAllocatesNothing(t *testing.T) {
	r := newFlightRig(t)
	for range 10 {
		r.queue(10, true)
	}
	allocs := testing.AllocsPerRun(100, func() {
		r.s.flight.clear(r.s.worker)
		r.s.gatherNext()
	})
	if allocs != 0 {
		t.Errorf("gathering a send allocates %v times", allocs)
	}
}

func TestGatherPoolIsBounded(t *testing.T) {
	var p gatherPool
	for range keptGathers + 10 {
		p.put(new(gather))
	}
	if n := len(p.free); n != keptGathers {
		t.Errorf("%d gather lists kept, want %d", n, keptGathers)
	}
}
