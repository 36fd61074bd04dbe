package raontest

import (
	"log/slog"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/internal/driver/sim"
)

// Faults are the probabilities of what the simulated network and kernel may do.
// The zero value is a world without faults.
type Faults = sim.Faults

// Options shape a Lab. Zero means the default given.
type Options struct {
	Seed    uint64 // of all chance in the world
	Faults  Faults
	Latency time.Duration // of every segment, one way; none

	// SocketBufferBytes is the size of each kernel buffer; 64 KiB.
	SocketBufferBytes int

	// Core is for the Lab's core. Manual, Driver and CustomDriver are the Lab's.
	Core raon.CoreOptions
}

// Lab is a Core in a virtual world. All of it belongs to the goroutine that
// made it. It closes itself when the test ends.
type Lab struct {
	tb    testing.TB
	world *sim.World
	core  *raon.Core
	peers []*Peer
}

// idleSteps bounds how often Run lets time pass with nothing happening.
const idleSteps = 10_000

// step is the longest time that passes at once.
const step = time.Second

// New makes a Lab. The engine's log goes to the test's.
func New(tb testing.TB, opts Options) *Lab {
	tb.Helper()
	l := &Lab{tb: tb, world: sim.New(sim.Options{
		Seed: opts.Seed, Virtual: true, Faults: opts.Faults,
		Latency: opts.Latency, SocketBufferBytes: opts.SocketBufferBytes,
	})}
	o := opts.Core
	o.Manual, o.Driver, o.CustomDriver = true, "", l.world.Driver()
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(testLog{tb}, nil))
	}
	core, err := raon.NewCore(o)
	if err != nil {
		tb.Fatalf("raontest: %v", err)
	}
	l.core = core
	tb.Cleanup(l.close)
	return l
}

// Core is the lab's core.
func (l *Lab) Core() *raon.Core { return l.core }

// Now is the virtual time since the lab was made.
func (l *Lab) Now() time.Duration { return l.world.Now() }

// Run lets things happen until the condition holds. It fails the test when it
// never does.
func (l *Lab) Run(what string, until func() bool) {
	l.tb.Helper()
	for idle := 0; !until(); {
		if l.turn(0) > 0 {
			idle = 0
			continue
		}
		if idle++; idle > idleSteps {
			l.tb.Fatalf("raontest: %s: did not happen, at virtual time %v", what, l.Now())
		}
		l.turn(step)
	}
}

// Pass lets everything happen that happens within d, and time pass.
func (l *Lab) Pass(d time.Duration) {
	l.tb.Helper()
	end := l.Now() + d
	for {
		for l.turn(0) > 0 {
		}
		left := end - l.Now()
		if left <= 0 {
			return
		}
		l.turn(min(left, step))
	}
}

// Stall lets d pass while nobody gets a turn: a handler that blocks, or a machine
// that stands still.
func (l *Lab) Stall(d time.Duration) { l.world.Advance(d) }

// turn gives everybody one turn and returns how much happened. Only the core's
// may let time pass.
func (l *Lab) turn(wait time.Duration) int {
	l.tb.Helper()
	n, err := l.core.HandleCompletions(wait)
	if err != nil {
		l.tb.Fatalf("raontest: turn: %v", err)
	}
	for _, p := range l.peers {
		n += p.turn()
	}
	return n
}

// close ends the peers and the core, and says what they left behind.
func (l *Lab) close() {
	for _, p := range l.peers {
		p.end()
	}
	if err := l.core.Close(); err != nil {
		l.tb.Errorf("raontest: close: %v", err)
	}
	if err := l.world.Check(); err != nil {
		l.tb.Errorf("raontest: left behind: %v", err)
	}
}

// testLog writes the engine's log lines to the test's log.
type testLog struct{ tb testing.TB }

func (t testLog) Write(p []byte) (int, error) {
	t.tb.Helper()
	t.tb.Logf("%s", p)
	return len(p), nil
}
