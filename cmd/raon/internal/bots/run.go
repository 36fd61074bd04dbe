package bots

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/cmd/raon/internal/engine"
	"github.com/raon-engine/raon/cmd/raon/internal/payload"
)

// run is one run of the command. The leader is the goroutine that called Run.
type run struct {
	opts   *Options
	seed   payload.Seed
	began  time.Time     // where the clock of the run begins
	origin time.Duration // when the traffic began; set before it is wanted
	faults faults
	lanes  []*lane // one per worker
	bar    *progress

	indexes  atomic.Uint32 // bots that have got an index
	arrivals atomic.Int64  // sessions that have connected or failed to
	joined   atomic.Int64
	wanted   atomic.Uint32 // the phase the lanes are to enter
	closing  atomic.Bool   // sessions that end now end because the run does
}

// Run connects the sessions, sends, verifies and reports. It ends early when
// ctx does, and verifies what was sent by then. The error has all that went
// wrong, in one line.
func Run(ctx context.Context, opts Options, stdout, stderr io.Writer) error {
	log := opts.Logger(stderr)
	if warning := engine.RaiseFiles(opts.Sessions); warning != "" {
		log.Warn(warning)
	}
	core, err := opts.Start(log, opts.Sessions+spareSlots)
	if err != nil {
		return err
	}
	r := newRun(&opts, core.Workers())
	if err := r.connect(core); err != nil {
		_ = core.Close() // it has no sessions; the first error is the one that counts
		return err
	}
	fmt.Fprintln(stdout, r.headline(core))
	r.bar = newProgress(stderr, opts.Duration)
	sent := r.lead(ctx)
	r.bar.end()
	if err := r.end(core); err != nil {
		return err
	}
	if sent {
		r.report(stdout)
	}
	return r.verdict(ctx, stdout)
}

func newRun(opts *Options, workers int) *run {
	r := &run{opts: opts, seed: payload.Seed(opts.Seed), began: time.Now()}
	if r.seed == 0 {
		r.seed = payload.Seed(r.began.UnixNano())
	}
	for range workers {
		r.lanes = append(r.lanes, newLane(r))
	}
	return r
}

// connect begins to connect the sessions.
func (r *run) connect(core *raon.Core) error {
	addr, err := raon.ParseAddr(r.opts.Connect)
	if err != nil {
		return err
	}
	_, err = core.RegisterClient(raon.ClientOptions{
		Name:           "bots",
		Connect:        addr,
		Count:          r.opts.Sessions,
		ConnectTimeout: r.opts.ConnectTimeout,
		DrainTimeout:   closeTimeout,
		NewHandler:     func() raon.Handler { return &bot{run: r} },
		Session: raon.SessionOptions{
			Policy:     raon.QueueTell,
			QueueBytes: max(minQueueBytes, 2*r.opts.Depth*r.opts.frameBytes()),
		},
	})
	return err
}

const (
	spareSlots    = 64
	minQueueBytes = 1 << 20
	closeTimeout  = 2 * time.Second // for the sessions to end at the end of the run
)

// until ticks the lanes and returns when done says so, the limit has passed or
// ctx has ended.
func (r *run) until(ctx context.Context, every, limit time.Duration, done func() bool) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	for !done() {
		for _, l := range r.lanes {
			l.post()
		}
		select {
		case <-ticker.C:
		case <-timeout.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// end closes the sessions and the core. From then on the lanes are the leader's.
func (r *run) end(core *raon.Core) error {
	r.closing.Store(true)
	core.Shutdown()
	return core.Wait()
}

// now is the clock of the run. Any goroutine.
func (r *run) now() time.Duration { return time.Since(r.began) }

// blame counts a connection's end as a fault unless the run ends it itself.
func (r *run) blame(kind faultKind, format string, args ...any) {
	if !r.closing.Load() {
		r.faults.add(kind, 1, format, args...)
	}
}

// totals are the sums over all lanes, as of now.
type totals struct {
	sent, received uint64
	live           int64
}

func (r *run) totals() (t totals) {
	for _, l := range r.lanes {
		t.sent += l.sent.Load()
		t.received += l.received.Load()
		t.live += l.live.Load()
	}
	return t
}

// behind tells whether the members of some lane lack more than a fair number of
// the frames sent. A sender hears its own frame soon; if that alone released the
// next one, members on a busier worker would fall behind without a bound, and
// the server would cut them as slow consumers. Any goroutine.
func (r *run) behind() bool {
	if r.opts.echo() {
		return false
	}
	sent := int64(r.totals().sent)
	for _, l := range r.lanes {
		members := l.live.Load()
		if sent*members-int64(l.received.Load()) > members*r.opts.mostBehind() {
			return true
		}
	}
	return false
}

// expected is how many deliveries make up all that was sent.
func (r *run) expected(t totals) uint64 { return t.sent * uint64(r.opts.receivers()) }
