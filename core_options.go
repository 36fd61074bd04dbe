package raon

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// CoreOptions shapes a Core. The zero value is a good server: a worker per
// processor, the best driver that works here.
type CoreOptions struct {
	// Driver names the port driver: "uring", "epoll", "sim". "" takes the
	// environment's RAON_DRIVER, or else, as "auto" does, the first that works.
	// An explicit choice never falls back to another.
	Driver string

	// Workers is the number of workers; 0 is GOMAXPROCS. Set GOMAXPROCS to
	// Workers+2 in a server process: workers keep their threads, and the garbage
	// collector and other goroutines need processors too.
	Workers int

	// Manual makes one worker that runs only inside HandleCompletions.
	Manual bool

	// BusyPoll is how long an idle worker polls before it lets its thread sleep.
	// 0 never polls. It trades a processor for wake-up latency.
	BusyPoll time.Duration

	// InboxSize bounds what other goroutines have handed a worker and it has not
	// yet taken: jobs and sends. 0 is 16,384. Beyond it they get ErrQueueFull.
	InboxSize int

	// EventsPerTurn and JobsPerTurn bound one turn; 0 is 2,048 and 1,024. A turn
	// that takes in all members of a room sends them everything at once; a smaller
	// one sends more often and less.
	EventsPerTurn int
	JobsPerTurn   int

	// OffloadThreads bounds the goroutines that Offload works on, which exist while
	// there is work; 0 is 64. OffloadQueue bounds the work that waits and runs; 0 is
	// 16,384. Beyond it Offload returns ErrQueueFull.
	OffloadThreads int
	OffloadQueue   int

	// SlowHandlerMs is how long a turn may take before the worker is reported
	// with its session and stack. 0 is 100; negative turns the watchdog off.
	SlowHandlerMs int

	// Port sizes the workers' ports: receive buffers, rings.
	Port PortOptions

	// Logger gets the engine's log; nil is slog.Default().
	Logger *slog.Logger

	// CustomDriver replaces Driver. Package raontest sets it.
	CustomDriver port.Driver
}

// defaults for CoreOptions.
const (
	defaultInboxSize     = 16 << 10
	defaultEventsPerTurn = 2048
	defaultJobsPerTurn   = 1024
	defaultSlowHandlerMs = 100
	defaultThreads       = 64
	defaultOffloadQueue  = 16 << 10
	maxWorkers           = 1024
)

// normalized gives o with defaults filled in, or every fault at once.
func (o CoreOptions) normalized() (CoreOptions, error) {
	var errs []error
	bound := func(name string, v *int, def, most int) {
		if *v == 0 {
			*v = def
		}
		if *v < 1 || *v > most {
			errs = append(errs, fmt.Errorf("CoreOptions.%s %d: want 1 to %d", name, *v, most))
		}
	}
	if o.Manual && o.Workers > 1 {
		errs = append(errs, fmt.Errorf("CoreOptions.Workers %d: a manual core has one", o.Workers))
	}
	workers := runtime.GOMAXPROCS(0)
	if o.Manual {
		workers = 1
	}
	bound("Workers", &o.Workers, workers, maxWorkers)
	bound("InboxSize", &o.InboxSize, defaultInboxSize, 1<<24)
	bound("EventsPerTurn", &o.EventsPerTurn, defaultEventsPerTurn, 1<<16)
	bound("JobsPerTurn", &o.JobsPerTurn, defaultJobsPerTurn, 1<<24)
	bound("OffloadThreads", &o.OffloadThreads, defaultThreads, 1<<16)
	bound("OffloadQueue", &o.OffloadQueue, defaultOffloadQueue, 1<<24)
	if o.BusyPoll < 0 {
		errs = append(errs, fmt.Errorf("CoreOptions.BusyPoll %v: must not be negative", o.BusyPoll))
	}
	if o.SlowHandlerMs == 0 {
		o.SlowHandlerMs = defaultSlowHandlerMs
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o, errors.Join(errs...)
}
