package bots

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/cmd/raon/internal/latency"
)

// lane is what the bots of one worker share. What is not atomic or guarded is
// touched on that worker only, and by the leader once all workers have ended.
type lane struct {
	run       *run
	senders   []*bot
	phase     phase
	frame     []byte // where senders build their frames
	latencies *latency.Recorder
	last      time.Duration // when the last delivery came
	pace      pace
	held      []*bot // closed loop: each may send one frame, unless the room is behind
	probes    probes

	sent     atomic.Uint64
	received atomic.Uint64
	live     atomic.Int64
	reached  atomic.Uint32 // the phase entered, for the leader
	ticking  atomic.Bool   // a tick has been posted and has not run
	tickJob  func(*raon.Session)

	refs struct { // through which the leader reaches the worker
		sync.Mutex
		list []raon.SessionRef
	}
}

func newLane(r *run) *lane {
	l := &lane{run: r, frame: make([]byte, r.opts.frameBytes()), latencies: latency.NewRecorder()}
	l.tickJob = func(*raon.Session) {
		l.ticking.Store(false)
		l.tick()
	}
	return l
}

// add takes a connected bot in.
func (l *lane) add(b *bot) {
	l.live.Add(1)
	if int(b.index) < l.run.opts.Senders {
		l.senders = append(l.senders, b)
	}
	l.refs.Lock()
	defer l.refs.Unlock()
	l.refs.list = append(l.refs.list, b.session.Ref())
}

// lost counts a bot whose session has ended. The tick may have been posted to
// it and then never runs, so the leader may post again.
func (l *lane) lost() {
	l.live.Add(-1)
	l.ticking.Store(false)
}

// delivered counts n deliveries.
func (l *lane) delivered(n uint64, now time.Duration) {
	if n > 0 {
		l.received.Add(n)
		l.last = now
	}
}

// post asks the worker for a tick unless one is on its way. The leader calls
// it. A full inbox needs no answer: the next tick tries again.
func (l *lane) post() {
	if !l.ticking.CompareAndSwap(false, true) {
		return
	}
	l.refs.Lock()
	defer l.refs.Unlock()
	for len(l.refs.list) > 0 {
		err := l.refs.list[0].PushJob(l.tickJob)
		if err == nil {
			return
		}
		if !errors.Is(err, raon.ErrSessionClosed) {
			break
		}
		l.refs.list = l.refs.list[1:]
	}
	l.ticking.Store(false)
}

// tick brings the lane to the phase that the leader wants and does what is due
// in it.
func (l *lane) tick() {
	now := l.run.now()
	if want := phase(l.run.wanted.Load()); want != l.phase {
		l.enter(want, now)
	}
	switch {
	case l.phase == phaseJoin:
		l.probe(now)
	case l.phase == phaseTraffic && l.run.opts.Rate > 0:
		l.pace.run(now, (*bot).send)
	default:
		l.release(now)
	}
}

// release lets the senders of a closed loop send for which an answer has come,
// and keeps them back while the room is behind.
func (l *lane) release(now time.Duration) {
	if l.phase != phaseTraffic {
		l.held = l.held[:0]
		return
	}
	n := 0
	for n < len(l.held) && !l.run.behind() {
		l.held[n].sendOne(now)
		n++
	}
	l.held = append(l.held[:0], l.held[n:]...)
}

func (l *lane) enter(p phase, now time.Duration) {
	l.phase = p
	switch {
	case p == phaseTraffic && l.run.opts.Rate > 0:
		slices.SortFunc(l.senders, func(a, b *bot) int { return cmp.Compare(a.index, b.index) })
		l.pace.begin(l.senders, l.run.opts, l.run.origin)
	case p == phaseTraffic:
		l.fill(now)
	case p == phaseSettle:
		l.pace.end(now)
	}
	l.reached.Store(uint32(p))
}

// fill begins a closed loop: every sender gets its unanswered frames.
func (l *lane) fill(now time.Duration) {
	for _, b := range l.senders {
		for range l.run.opts.Depth {
			b.sendOne(now)
		}
	}
}

// settled tells the leader that no bot of the lane has more to say in p.
func (l *lane) settled(p phase) bool {
	return phase(l.reached.Load()) == p || l.live.Load() == 0
}
