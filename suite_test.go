package raon_test

import (
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/internal/driver"
	"github.com/raon-engine/raon/internal/driver/sim"
	"github.com/raon-engine/raon/internal/port"
)

// patience is how long a test waits for what must happen.
const patience = 10 * time.Second

// stage is one driver on which a test runs. The cores and wires made on it see
// one another.
type stage struct {
	t      *testing.T
	name   string
	ports  raon.PortOptions
	ground port.Driver // for wires; on sim, the cores' world
	world  *sim.World  // nil on an operating system
}

// working are the drivers that work on this machine.
var working = sync.OnceValue(func() (names []string) {
	for _, p := range driver.Probe() {
		if p.Works {
			names = append(names, p.Name)
		}
	}
	return names
})

// forEachDriver runs fn on every driver that works here, or on the one that
// RAON_DRIVER asks for, with the sizes given there.
func forEachDriver(t *testing.T, fn func(t *testing.T, st *stage)) {
	t.Helper()
	names, sizes := working(), raon.PortOptions{}
	if env := os.Getenv("RAON_DRIVER"); env != "" {
		forced, err := driver.Select("", env)
		if err != nil {
			t.Fatal(err)
		}
		names, sizes = []string{forced.Driver.Name()}, forced.Options
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) { fn(t, newStage(t, name, sizes)) })
	}
}

func newStage(t *testing.T, name string, sizes raon.PortOptions) *stage {
	st := &stage{t: t, name: name, ports: sizes}
	if name == "sim" {
		st.world = sim.New(sim.Options{Seed: 1})
		st.ground = st.world.Driver()
		return st
	}
	choice, err := driver.Select(name, "")
	if err != nil {
		t.Fatal(err)
	}
	st.ground = choice.Driver
	return st
}

// caps is what the driver can do.
func (st *stage) caps() raon.Caps { return st.ground.Caps() }

// core makes a core with two workers, unless opts say otherwise, and checks when
// the test ends that closing it leaves nothing behind.
func (st *stage) core(opts raon.CoreOptions) *raon.Core {
	st.t.Helper()
	opts.Driver = st.name
	if st.world != nil {
		opts.Driver, opts.CustomDriver = "", st.ground
	}
	if opts.Workers == 0 && !opts.Manual {
		opts.Workers = 2
	}
	if opts.Port == (raon.PortOptions{}) {
		opts.Port = st.ports
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.NewTextHandler(testLog{st.t}, nil))
	}
	core, err := raon.NewCore(opts)
	if err != nil {
		st.t.Fatal(err)
	}
	st.t.Cleanup(func() {
		if err := core.Close(); err != nil {
			st.t.Errorf("Close: %v", err)
		}
		checkCore(st.t, core)
	})
	return core
}

// checkCore finds what a closed core has left behind.
func checkCore(t *testing.T, core *raon.Core) {
	t.Helper()
	for _, w := range core.WorkerStats() {
		if w.Port.Attached != 0 || w.Port.Pending != 0 || w.Port.Lent != 0 {
			t.Errorf("worker %d left %d attached, %d pending, %d lent", w.Worker, w.Port.Attached, w.Port.Pending, w.Port.Lent)
		}
		if w.Buffers != 0 || w.Live != 0 || w.Inbox != 0 {
			t.Errorf("worker %d left %d chunks, %d sessions, %d messages", w.Worker, w.Buffers, w.Live, w.Inbox)
		}
	}
	if n := core.Buffers().InUse(); n != 0 {
		t.Errorf("%d shared chunks left", n)
	}
}

// checkPool finds sessions that a closed service has not got back.
func checkPool(t *testing.T, s *raon.Service) {
	t.Helper()
	if snap := s.Snapshot(); snap.Idle != snap.Max || snap.Live != 0 {
		t.Errorf("service %s: %d of %d sessions idle, %d live", s.Name(), snap.Idle, snap.Max, snap.Live)
	}
}

// testLog writes the engine's log lines to the test's log.
type testLog struct{ t *testing.T }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Logf("%s", p)
	return len(p), nil
}

// watch guards what a test waits for. The zero watch is ready.
type watch struct {
	mu      sync.Mutex
	changed chan struct{}
}

// change runs fn under the lock and wakes who waits.
func (w *watch) change(fn func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fn()
	if w.changed != nil {
		close(w.changed)
		w.changed = nil
	}
}

// await waits until cond, which runs under the lock, holds.
func (w *watch) await(t *testing.T, what string, cond func() bool) {
	t.Helper()
	deadline := time.After(patience)
	for {
		w.mu.Lock()
		if cond() {
			w.mu.Unlock()
			return
		}
		if w.changed == nil {
			w.changed = make(chan struct{})
		}
		changed := w.changed
		w.mu.Unlock()
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("%s: not within %v", what, patience)
		}
	}
}

// eventually looks until cond holds, for what tells nobody when it changes.
func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !cond() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s: not within %v", what, patience)
		}
	}
}
