package porttest

import (
	"cmp"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// loop drives one port, and checks every event. All of it belongs to the
// goroutine that made it, which is locked to its thread until the test ends.
type loop struct {
	t   testing.TB
	cfg *Config
	drv port.Driver
	p   port.Port
	opt port.PortOptions

	out     []port.Event
	tasks   map[*port.Op]*task  // pending
	objects map[port.Ref]object // attached
	refs    map[port.Ref]bool   // all there ever were
	passes  uint64              // calls of Poll
	events  uint64              // returned by them
	ranks   int                 // ends so far
	seeds   uint64              // patterns given away
	closed  bool

	listeners []*listener // all there ever were
	siblings  []*loop     // polled when this one waits
	patience  time.Duration
	clock     time.Duration // the port's Now, after the last Poll
}

// newLoop makes a driver and one port with the options of the configuration.
func newLoop(t *testing.T, cfg *Config) *loop {
	t.Helper()
	return newLoopWith(t, cfg, cfg.Port)
}

// newLoopWith is newLoop with a port of another size.
func newLoopWith(t *testing.T, cfg *Config, opts port.PortOptions) *loop {
	t.Helper()
	if cfg.Check != nil {
		t.Cleanup(func() {
			if err := cfg.Check(); err != nil && !t.Failed() {
				t.Errorf("after the last port was closed: %v", err)
			}
		})
	}
	l := openLoop(t, cfg, cfg.New(t), opts)
	t.TempDir() // made now, it is removed after finish has closed what is open there
	t.Cleanup(l.finish)
	return l
}

// openLoop makes one more port on the calling goroutine, which finishes it.
func openLoop(t testing.TB, cfg *Config, drv port.Driver, opts port.PortOptions) *loop {
	t.Helper()
	runtime.LockOSThread()
	p, err := drv.NewPort(opts)
	if err != nil {
		runtime.UnlockOSThread()
		t.Fatalf("NewPort(%+v): %v", opts, err)
	}
	l := &loop{
		t: t, cfg: cfg, drv: drv, p: p, opt: opts,
		out:     make([]port.Event, 64),
		tasks:   map[*port.Op]*task{},
		objects: map[port.Ref]object{},
		refs:    map[port.Ref]bool{},

		patience: cmp.Or(cfg.Patience, defaultPatience),
	}
	return l
}

// sibling makes another port of the same driver on the same thread. Waiting on
// l polls it too.
func (l *loop) sibling() *loop {
	l.t.Helper()
	s := openLoop(l.t, l.cfg, l.drv, l.opt)
	l.t.Cleanup(s.finish)
	l.siblings = append(l.siblings, s)
	return s
}

// attach binds h to the port as o, whose attachment it fills in.
func (l *loop) attach(o object, kind port.Kind, h port.Handle) {
	l.t.Helper()
	ref, err := l.p.Attach(h, kind, o)
	if err != nil {
		l.fatalf("Attach: %v", err)
	}
	if ref == 0 || l.refs[ref] {
		l.fatalf("Attach gave %#x, which is zero or was given before", uint64(ref))
	}
	a := o.base()
	*a = attachment{l: l, self: o, kind: kind, handle: h, ref: ref}
	a.end.owner = a
	l.refs[ref] = true
	l.objects[ref] = o
}

// detach undoes attach; the handle is the caller's then.
func (l *loop) detach(o object) (port.Handle, error) {
	a := o.base()
	h, err := l.p.Detach(a.ref)
	if err == nil {
		a.gone = true
		delete(l.objects, a.ref)
	}
	return h, err
}

// submit starts k, whose op the caller has filled in.
func (l *loop) submit(k *task) {
	l.t.Helper()
	if k.pending {
		l.fatalf("the suite submits a pending %v", k.op.Type)
	}
	k.begin()
	l.tasks[&k.op] = k
	l.p.Submit(&k.op)
}

// seed is a pattern that no other stream of this loop has.
func (l *loop) seed() uint64 {
	l.seeds++
	return l.seeds
}

// now is the time that waiting is measured in: the port's own where the network
// is simulated, because the machine's has nothing to do with it.
func (l *loop) now() time.Duration {
	if l.drv.Caps().Virtual {
		return l.p.Now()
	}
	return time.Since(epoch)
}

// epoch is what real time is counted from.
var epoch = time.Now()

// fatalf ends the test, with the state of the port.
func (l *loop) fatalf(format string, args ...any) {
	l.t.Helper()
	l.t.Fatalf("%s\nport: %+v\nsuite: %d ops pending, %d attached", fmt.Sprintf(format, args...),
		l.p.Stats(), len(l.tasks), len(l.objects))
}
