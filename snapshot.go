package raon

import "time"

// Snapshot is a service's state and totals at one moment. The parts are read
// one after another, without stopping anything.
type Snapshot struct {
	Live int // connected now
	Idle int // in the pool
	Max  int // sessions in all

	Accepted      uint64 // connections accepted and begun
	Refused       uint64 // accepted, and reset or told so for want of a session
	Denied        uint64 // reset by the access lists, before they took a session
	OverAddress   uint64 // reset beyond MaxPerAddress, or for want of room for their address
	OverRate      uint64 // reset beyond AcceptsPerSecond
	AcceptErrors  uint64 // accepts that failed, out of descriptors among them
	ConnectFailed uint64
	Disconnected  uint64 // connections ended, before OnConnect too

	BytesIn    uint64
	BytesOut   uint64
	PacketsOut uint64
	Dropped    uint64 // packets dropped by the queue policy

	Kicks   [256]uint64 // ended connections by KickReason
	Workers []WorkerShare
}

// WorkerShare is a service's part on one worker.
type WorkerShare struct {
	Worker     int
	Live       int
	BytesIn    uint64
	BytesOut   uint64
	PacketsOut uint64
	Dropped    uint64
}

// Snapshot reads the service's counters. Any goroutine; it waits for nobody.
func (s *Service) Snapshot() Snapshot {
	out := Snapshot{
		Idle:          s.pool.idleCount(),
		Max:           len(s.pool.sessions),
		Accepted:      s.accepted.Load(),
		Refused:       s.refused.Load(),
		AcceptErrors:  s.acceptErrors.Load(),
		ConnectFailed: s.connectFailed.Load(),
		Disconnected:  s.disconnected.Load(),
		Dropped:       s.foreignDrops.Load(),
	}
	if g := s.gate; g != nil {
		out.Denied, out.OverAddress, out.OverRate = g.denied.Load(), g.overAddress.Load(), g.overRate.Load()
	}
	for i := range s.kicks {
		out.Kicks[i] = s.kicks[i].Load()
	}
	for _, sh := range s.shares {
		w := sh.snapshot()
		out.Workers = append(out.Workers, w)
		out.Live += w.Live
		out.BytesIn += w.BytesIn
		out.BytesOut += w.BytesOut
		out.PacketsOut += w.PacketsOut
		out.Dropped += w.Dropped
	}
	return out
}

func (sh *share) snapshot() WorkerShare {
	t := &sh.totals
	return WorkerShare{
		Worker:     sh.worker.index,
		Live:       int(t.live.Load()),
		BytesIn:    t.bytesIn.load(),
		BytesOut:   t.bytesOut.load(),
		PacketsOut: t.packetsOut.load(),
		Dropped:    t.dropped.load(),
	}
}

// SessionStats are one connection's counters.
type SessionStats struct {
	ID         uint64
	Peer       Addr
	Worker     int
	Age        time.Duration // since it was connected, by its worker's clock
	BytesIn    uint64
	BytesOut   uint64
	Recvs      uint64 // calls of OnRecv
	PacketsOut uint64 // packets that the kernel has taken
	Queued     int    // bytes queued at the end of its last busy turn
}

// Stats are the connection's counters.
func (s *Session) Stats() SessionStats {
	return SessionStats{
		ID:         s.id,
		Peer:       s.PeerAddr(),
		Worker:     s.worker.index,
		Age:        time.Duration(s.worker.clock.Load()) - s.began,
		BytesIn:    s.stats.bytesIn.load(),
		BytesOut:   s.stats.bytesOut.load(),
		Recvs:      s.stats.recvs.load(),
		PacketsOut: s.stats.packetsOut.load(),
		Queued:     int(s.stats.queued.Load()),
	}
}

// SessionStats appends the counters of every living session to dst. Any
// goroutine; it waits for nobody.
func (s *Service) SessionStats(dst []SessionStats) []SessionStats {
	for i := range s.pool.sessions {
		x := &s.pool.sessions[i]
		ref := x.Ref()
		if st, err := ref.Stats(); err == nil {
			dst = append(dst, st)
		}
	}
	return dst
}

// WorkerStats is a worker's state and totals. Turns, Events, Jobs and Port are
// as of the last publication, at most 256 turns or 100 ms of work ago.
type WorkerStats struct {
	Worker  int
	Live    int // sessions of all services
	Inbox   int // messages waiting
	Turns   uint64
	Events  uint64
	Jobs    uint64
	Panics  uint64 // callbacks that panicked or called Goexit
	Slow    uint64 // turns that the watchdog reported
	Buffers int    // send chunks in use
	Port    PortStats
}

// WorkerStats reads every worker's counters. Any goroutine; it waits for nobody.
func (c *Core) WorkerStats() []WorkerStats {
	out := make([]WorkerStats, 0, len(c.workers))
	for _, w := range c.workers {
		p := &w.stats.published
		st := WorkerStats{
			Worker:  w.index,
			Live:    int(w.live.Load()),
			Inbox:   w.inbox.Len(),
			Turns:   p.turns.Load(),
			Events:  p.events.Load(),
			Jobs:    p.jobs.Load(),
			Panics:  w.stats.panics.Load(),
			Slow:    w.stats.slow.Load(),
			Buffers: w.chunks.InUse(),
		}
		if ps := p.port.Load(); ps != nil {
			st.Port = *ps
		}
		out = append(out, st)
	}
	return out
}
