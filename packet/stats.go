package packet

import (
	"math/bits"
	"sync/atomic"
	"time"

	"github.com/raon-engine/raon"
)

// counter has one writer, a worker, and any number of readers.
type counter struct{ v atomic.Uint64 }

// add is the writer's: a load and a store, no locked instruction needed to be
// right.
func (c *counter) add(n uint64) { c.v.Store(c.v.Load() + n) }
func (c *counter) load() uint64 { return c.v.Load() }

// place is one worker.
type place struct {
	core   *raon.Core
	worker int
}

// shard is what the sessions of one worker have in common. Only that worker
// writes it.
type shard struct {
	rows     []rowCounters
	scratch  []any // by row, a *M: what is decoded into
	outgoing []any // by row, a *M: Scratch
	control  rowCounters
	unknown  counter
	badFrame counter

	overflows counter
}

// rowCounters are one message's on one worker.
type rowCounters struct {
	in, inBytes   counter
	out, outBytes counter
	errors, drops counter
	spent         latency
}

// latency counts how long a handler took.
type latency struct {
	sum, max counter
	buckets  [LatencyBuckets]counter
}

func (l *latency) add(d time.Duration) {
	ns := uint64(max(d, 0))
	l.sum.add(ns)
	if ns > l.max.load() {
		l.max.v.Store(ns)
	}
	l.buckets[min(bits.Len64(ns), LatencyBuckets-1)].add(1)
}

// shardOf is the shard of the session's worker. A Protocol remembers each worker
// that it has been used on.
func (t *table) shardOf(s *raon.Session) *shard {
	at := place{s.Service().Core(), s.Worker()}
	t.mu.Lock()
	defer t.mu.Unlock()
	sh := t.shards[at]
	if sh == nil {
		sh = &shard{rows: make([]rowCounters, len(t.rows))}
		for _, r := range t.rows {
			sh.scratch = append(sh.scratch, r.scratch())
			sh.outgoing = append(sh.outgoing, r.scratch())
		}
		t.shards[at] = sh
	}
	return sh
}

// Stats are the counters of a Protocol.
type Stats struct {
	Messages  []MessageStats // in the order in which they were added
	Control   MessageStats   // the engine's own packets
	UnknownID uint64         // packets whose id is not in the table
	BadFrame  uint64         // sizes that no packet has
	Overflows uint64         // connections that cannot be resumed, for ReplayBytes
	Parked    int            // states that wait for their connection, of servers
}

// MessageStats are the counters of one message. The parts are read one after the
// other, without stopping anything. What Service.Broadcast sends is not in them.
type MessageStats struct {
	ID        uint16
	Name      string
	Direction Direction
	In        uint64 // packets that came and were handled
	InBytes   uint64 // of theirs, headers included
	Out       uint64 // packets queued
	OutBytes  uint64
	Errors    uint64 // refused: direction, size, codec; and failed encodings
	Drops     uint64 // over budget, dropped or kicked for
	Time      Latency
}

// LatencyBuckets is how many buckets a Latency has.
const LatencyBuckets = 36

// Latency is how long handlers took, decoding included. Bucket i counts what took
// less than 2^i ns and not less than 2^(i-1) ns; the last one, everything longer.
type Latency struct {
	Sum, Max time.Duration
	Buckets  [LatencyBuckets]uint64
}

// Quantile is a time that the share q of all, from 0 to 1, did not exceed: the
// upper end of its bucket, at most Max.
func (l *Latency) Quantile(q float64) time.Duration {
	var count, seen uint64
	for _, n := range l.Buckets {
		count += n
	}
	for i, n := range l.Buckets {
		if seen += n; n > 0 && float64(seen) >= q*float64(count) {
			return min(time.Duration(1)<<i, l.Max)
		}
	}
	return l.Max
}

// Stats reads the counters of all workers. Any goroutine; it keeps no worker
// waiting.
func (p *Protocol[S]) Stats() Stats {
	s := p.stats()
	s.Parked = p.links.count()
	return s
}

func (t *table) stats() Stats {
	out := Stats{Control: MessageStats{Name: "control", Direction: Both}}
	for i := range t.rows {
		s := &t.rows[i].spec
		out.Messages = append(out.Messages, MessageStats{ID: s.ID, Name: s.Name, Direction: s.Direction})
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, sh := range t.shards {
		out.UnknownID += sh.unknown.load()
		out.BadFrame += sh.badFrame.load()
		out.Overflows += sh.overflows.load()
		out.Control.add(&sh.control)
		for i := range sh.rows {
			out.Messages[i].add(&sh.rows[i])
		}
	}
	return out
}

func (m *MessageStats) add(r *rowCounters) {
	m.In += r.in.load()
	m.InBytes += r.inBytes.load()
	m.Out += r.out.load()
	m.OutBytes += r.outBytes.load()
	m.Errors += r.errors.load()
	m.Drops += r.drops.load()
	m.Time.Sum += time.Duration(r.spent.sum.load())
	m.Time.Max = max(m.Time.Max, time.Duration(r.spent.max.load()))
	for i := range r.spent.buckets {
		m.Time.Buckets[i] += r.spent.buckets[i].load()
	}
}
