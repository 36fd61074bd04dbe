package raon

import (
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/raon-engine/raon/buffer"
	"github.com/raon-engine/raon/internal/inbox"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/wheel"
)

// worker is one goroutine locked to one thread, with one port. Everything that
// is not atomic, locked or the inbox belongs to that thread.
type worker struct {
	core  *Core
	index int
	log   *slog.Logger

	ground ground // the worker's own
	sides  []*ground
	port   port.Port // ground.port
	events []port.Event
	cursor int // next event to dispatch
	reaped int // events reaped by the last Poll
	now    time.Duration
	wheel  *wheel.Wheel
	ended  bool

	dirty     sessionList // sessions with something to do at the end of the turn
	current   atomic.Pointer[Session]
	job       atomic.Pointer[Job] // the named job that runs
	inTurn    bool                // a turn is running; false again only when it ended normally
	idleSince time.Duration
	published time.Duration // when the counters last were

	chunks  *buffer.ChunkPool
	blocks  blockPool
	gathers gatherPool
	tails   tailPool
	layers  layerScratch
	outbox  outbox

	newsy      []*audience // those with news
	broadcasts uint64      // to audiences here, ever

	inbox  *inbox.Queue[message]
	opened atomic.Pointer[port.Port] // the port, for waking it
	thread atomic.Int64              // manual: the thread that drives it
	halt   atomic.Bool
	gone   atomic.Bool // nobody takes messages any more

	last sync.Mutex // held by who empties the inbox when gone

	urgent struct { // the engine's own commands: few, never refused
		set atomic.Bool
		mu  sync.Mutex
		fns []func()
	}
	commands []func() // taken from urgent, being run

	live  atomic.Int64 // sessions pinned here, for dealing
	clock atomic.Int64 // now, for readers elsewhere
	goid  atomic.Int64 // for the watchdog's stack
	stats workerCounters
}

func newWorker(c *Core, index int) *worker {
	w := &worker{
		core:   c,
		index:  index,
		log:    c.log.With("worker", index),
		events: make([]port.Event, c.opts.EventsPerTurn),
		inbox:  inbox.New[message](c.opts.InboxSize),
		ground: ground{driver: c.driver},
		chunks: buffer.NewChunkPool(buffer.PoolOptions{}),
	}
	w.outbox.init(w, c.opts.Workers)
	return w
}

// open makes the port, on the worker's own thread.
func (w *worker) open() error {
	p, err := w.core.driver.NewPort(w.core.opts.Port)
	if err != nil {
		return err
	}
	w.port = p
	w.ground.open(p)
	w.opened.Store(&p)
	w.now = p.Now()
	w.wheel = wheel.New(w.now, wheelTick)
	w.goid.Store(goroutineID())
	return nil
}

// run is the worker's goroutine.
func (w *worker) run(ready chan<- error) {
	runtime.LockOSThread() // for good: the thread ends with the goroutine
	err := w.open()
	ready <- err
	if err != nil {
		w.finish(err)
		return
	}
	defer w.outlive()
	w.loop()
}

// loop turns until told to stop or the port breaks.
func (w *worker) loop() {
	for {
		_, err := w.turn(forever)
		if err != nil || w.stopping() {
			w.finish(err)
			return
		}
	}
}

// finish closes the port and says so. The sessions are gone by then, unless
// the port itself broke.
func (w *worker) finish(err error) {
	if w.ended {
		return
	}
	w.ended = true
	if err != nil {
		w.log.Error("raon: worker's port broke, the core ends", "err", err)
		w.core.stopWorkers() // half a core would leave its sessions waiting
	}
	w.letGo()
	w.gone.Store(true)
	w.refuseRest()
	w.outbox.drop()
	w.dropNews()
	err = errors.Join(err, w.closeSides())
	if w.port != nil {
		w.stats.publish(w)
		if cerr := w.port.Close(); err == nil {
			err = cerr
		}
	}
	w.chunks.Close()
	if w.core.opts.Manual {
		runtime.UnlockOSThread() // bind locked it
	}
	w.core.workerEnded(err)
}

// letGo gives ended sessions back that a panic in the last turn has kept.
func (w *worker) letGo() {
	for !w.dirty.empty() {
		if s := w.dirty.pop(); s.state == stateLeaving {
			s.leavePool()
		}
	}
}

// stop asks the worker to end. Any goroutine.
func (w *worker) stop() {
	w.halt.Store(true)
	w.wake()
}

func (w *worker) stopping() bool { return w.halt.Load() }

// wake makes the worker look at its inbox. Any goroutine.
func (w *worker) wake() {
	if p := w.opened.Load(); p != nil {
		(*p).Wake()
	}
}
