// Package engine is what the commands that run an engine have in common: its
// flags, its log, its processors and the mode of its traffic.
package engine

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"

	"github.com/spf13/pflag"

	"github.com/raon-engine/raon"
)

// maxWorkers bounds --workers: each one is a thread and a port.
const maxWorkers = 1024

// spareProcs is how many processors Go's scheduler gets beyond the workers.
// Workers are locked to their threads; without spare processors one that wakes
// behind CPU-bound goroutines waits for milliseconds.
const spareProcs = 2

// Simulation is the driver that reaches nobody outside its process.
const Simulation = "sim"

// defaultSlots is how many sockets a port takes unless it is told otherwise.
const defaultSlots = 1 << 16

// auto is the driver flag's value for the engine's own choice.
const auto = "auto"

// Flags choose and size the engine.
type Flags struct {
	Driver   string // auto or a driver's name
	Workers  int    // 0: one per processor that Go may use
	LogLevel slog.Level
}

// Add defines the flags in set. Only warnings are logged by default, so that a
// command that fails leaves one line.
func (f *Flags) Add(set *pflag.FlagSet) {
	f.LogLevel = slog.LevelWarn
	set.StringVar(&f.Driver, "driver", auto, "how to do I/O: uring, epoll, ... (see raon doctor); auto takes $RAON_DRIVER, or the best that works")
	set.IntVar(&f.Workers, "workers", 0, "worker threads; 0 means one per processor")
	set.TextVar(&f.LogLevel, "log-level", f.LogLevel, "least level of log lines: debug, info, warn or error")
}

// Validate reports what cannot be.
func (f *Flags) Validate() error {
	if f.Workers < 0 || f.Workers > maxWorkers {
		return fmt.Errorf("--workers %d: want 0 to %d", f.Workers, maxWorkers)
	}
	if f.Driver == "" {
		return errors.New("--driver: want auto or a driver's name (see raon doctor)")
	}
	return nil
}

// Logger writes text lines of the chosen level to w.
func (f *Flags) Logger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: f.LogLevel}))
}

// Start makes a core with room for sockets on each worker and gives Go's
// scheduler the processors that it needs.
func (f *Flags) Start(logger *slog.Logger, sockets int) (*raon.Core, error) {
	workers := f.Workers
	if workers == 0 {
		workers = min(runtime.GOMAXPROCS(0), runtime.NumCPU())
	}
	runtime.GOMAXPROCS(workers + spareProcs)
	driver := f.Driver
	if driver == auto {
		driver = "" // leaves the choice to RAON_DRIVER first
	}
	slots := 0
	if sockets > defaultSlots {
		slots = sockets
	}
	return raon.NewCore(raon.CoreOptions{
		Driver:  driver,
		Workers: workers,
		Logger:  logger,
		Port:    raon.PortOptions{Slots: slots},
	})
}
