package raon_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/internal/driver/sim"
)

// schedule is one run of the session state machine, everything about it drawn
// from its seed: the world's faults, the services' limits, what the handlers do
// and what other goroutines would. It runs on one goroutine in virtual time.
type schedule struct {
	seed   uint64
	rng    *rand.Rand
	world  *sim.World
	core   *raon.Core
	server *raon.Service
	ends   []*simHandler
	links  map[string][2]*simHandler // by the client's address: client, server
	drops  bool                      // the queue policy loses packets on purpose
	kind   bool                      // the world resets nothing and every deadline is far
	over   bool                      // the end has come: handlers only answer
	calm   int                       // how seldom handlers end their session
	plant  bool                      // break an invariant, to see it found
	fault  error                     // the first violation
}

// violate records the first broken promise.
func (r *schedule) violate(format string, args ...any) {
	if r.fault == nil {
		r.fault = fmt.Errorf("seed %d: %s", r.seed, fmt.Sprintf(format, args...))
	}
}

// runSchedule plays one seed and returns the promise it saw broken.
func runSchedule(seed uint64, plant bool) (err error) {
	r := &schedule{seed: seed, rng: rand.New(rand.NewPCG(seed, 1)), plant: plant, links: map[string][2]*simHandler{}}
	r.calm = 20 << (3 * r.rng.IntN(4))
	r.kind = r.rng.IntN(2) == 0
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("seed %d: panic: %v", seed, p)
		}
	}()
	if err := r.build(); err != nil {
		return fmt.Errorf("seed %d: %w", seed, err)
	}
	r.play()
	r.finish()
	return r.fault
}

// quiet discards the engine's log.
var quiet = slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelError + 1}))

// build makes the world, the core and its two services.
func (r *schedule) build() error {
	r.world = sim.New(sim.Options{
		Seed: r.seed, Virtual: true, Faults: r.faults(),
		SocketBufferBytes: 256 << r.rng.IntN(6),
		Latency:           time.Duration(r.rng.IntN(3)) * time.Millisecond,
	})
	core, err := raon.NewCore(raon.CoreOptions{
		Manual: true, CustomDriver: r.world.Driver(), Logger: quiet,
		InboxSize: 64, EventsPerTurn: 4 << r.rng.IntN(4), JobsPerTurn: 16,
		Port: raon.PortOptions{RecvBuffers: 2 + r.rng.IntN(7), RecvBufferBytes: 64 << r.rng.IntN(5), Slots: 64},
	})
	if err != nil {
		return err
	}
	r.core = core
	addr, err := raon.ParseAddr("127.0.0.1:7")
	if err != nil {
		return err
	}
	limits := r.limits()
	r.drops = limits.Policy == raon.QueueDropNewest || limits.Policy == raon.QueueDropOldest
	server := raon.ServerOptions{
		Listen: []raon.Addr{addr}, MaxSessions: 1 + r.rng.IntN(4), Session: limits,
		NewHandler: func() raon.Handler { return r.newEnd(false) },
		NewLayers:  r.layers(), DrainTimeout: r.drainTimeout(),
	}
	r.guard(&server)
	if r.server, err = core.RegisterServer(server); err != nil {
		return err
	}
	_, err = core.RegisterClient(raon.ClientOptions{
		Connect: addr, Count: 1 + r.rng.IntN(4), Session: limits,
		NewHandler: func() raon.Handler { return r.newEnd(true) },
		NewLayers:  r.headers(), DrainTimeout: r.drainTimeout(),
	})
	return err
}

// guard puts a gate before the server. The client's side of a PROXY header is a
// layer, in every fourth schedule too.
func (r *schedule) guard(o *raon.ServerOptions) {
	if r.seed%4 == 1 {
		o.ProxyFrom = []netip.Prefix{loopback}
	}
	if r.kind {
		return
	}
	o.MaxPerAddress = r.rng.IntN(4)
	if r.rng.IntN(4) == 0 {
		o.AcceptsPerSecond = 1 + r.rng.IntN(20)
	}
	if r.rng.IntN(2) == 0 {
		o.FullReply = []byte("full") // less than a packet
	}
}

// denials are the access lists that a wild schedule changes between.
var denials = [][]netip.Prefix{nil, {loopback}, {netip.MustParsePrefix("192.0.2.0/24")}}

// changeAccess is an operator at work.
func (r *schedule) changeAccess() {
	if r.kind || r.server == nil {
		return
	}
	if err := r.server.SetAccess(nil, denials[r.rng.IntN(len(denials))]); err != nil {
		r.violate("SetAccess: %v", err)
	}
	if r.rng.IntN(4) == 0 {
		for _, h := range r.ends {
			h.allowLoss()
		}
		r.server.KickDenied(raon.KickRejected)
	}
}

// headers is a layer that sends a PROXY header, on the client's side.
func (r *schedule) headers() func() []raon.Layer {
	if r.seed%4 == 1 {
		return func() []raon.Layer { return []raon.Layer{&headerLayer{}} }
	}
	return r.layers()
}

// layers is a XOR layer in every fourth schedule; both services ask once each,
// so the answer hangs on the seed alone.
func (r *schedule) layers() func() []raon.Layer {
	if r.seed%4 != 0 {
		return nil
	}
	return func() []raon.Layer { return []raon.Layer{newXORLayer(0x5a)} }
}

// faults gives most schedules some faults and some none.
func (r *schedule) faults() sim.Faults {
	p := func() float64 {
		if r.rng.IntN(3) > 0 {
			return 0
		}
		return r.rng.Float64() * 0.3
	}
	f := sim.Faults{
		Delay: p(), MaxDelay: 20 * time.Millisecond, Reset: p() * p() / 10, ConnectRefused: p() / 3,
		ShortSend: p(), ShortRecv: p(), NoBuffers: p(), LostMore: p(), SpuriousWake: p(),
		ShuffleEvents: p(), Late: p(), AcceptTooManyFiles: p(),
	}
	if r.kind {
		f.Reset = 0
	}
	return f
}

func (r *schedule) limits() raon.SessionOptions {
	queue := 1 << (11 + r.rng.IntN(6))
	o := raon.SessionOptions{
		QueueBytes: queue, HighWaterBytes: queue / 2, LowWaterBytes: queue / 8,
		Policy:           raon.QueuePolicy(r.rng.IntN(4)),
		StallTimeout:     time.Duration(1+r.rng.IntN(20)) * time.Second,
		CloseTimeout:     time.Duration(1+r.rng.IntN(3000)) * time.Millisecond,
		HalfCloseTimeout: time.Duration(1+r.rng.IntN(10)) * time.Second,
		RecvBufferBytes:  maxSimPacket + r.rng.IntN(4096),
	}
	if r.rng.IntN(2) == 0 {
		o.IdleTimeout = time.Duration(1+r.rng.IntN(5000)) * time.Millisecond
		o.AuthTimeout = time.Duration(1+r.rng.IntN(5000)) * time.Millisecond
	}
	if r.kind {
		o.IdleTimeout, o.AuthTimeout = farAway, farAway
		o.StallTimeout, o.CloseTimeout, o.HalfCloseTimeout = farAway, farAway, farAway
	}
	return o
}

// farAway is a deadline that no schedule reaches.
const farAway = 1000 * time.Hour

// drainTimeout lets a kind schedule's sessions end by themselves.
func (r *schedule) drainTimeout() time.Duration {
	if r.kind {
		return farAway
	}
	return time.Second
}

// play runs turns with the world's chance and the outside's meddling.
func (r *schedule) play() {
	for range 10 + r.rng.IntN(100) {
		if r.rng.IntN(3) == 0 {
			r.meddle()
		}
		wait := time.Duration(0)
		if r.rng.IntN(2) == 0 {
			wait = time.Duration(r.rng.IntN(300)) * time.Millisecond
		}
		if _, err := r.core.HandleCompletions(wait); err != nil {
			r.violate("turn: %v", err)
			return
		}
	}
}

// meddle is what other goroutines do, at a moment of the schedule's choosing.
func (r *schedule) meddle() {
	if len(r.ends) == 0 {
		return
	}
	h := r.ends[r.rng.IntN(len(r.ends))]
	ref := h.ref
	switch r.rng.IntN(8) {
	case 6:
		_ = ref.PushJob((*raon.Session).Authenticated) // refusal is an answer
	case 7:
		r.changeAccess()
	case 0, 1:
		h.sendForeign()
	case 2:
		_ = ref.PushJob(h.job) // refusal is an answer
	case 3:
		if r.rng.IntN(r.calm) < 5 {
			h.allowLoss()
			_ = ref.Abort(raon.KickUnknown)
		}
	case 4:
		if r.rng.IntN(r.calm) < 5 {
			_ = ref.Disconnect(raon.KickDisconnect)
		}
	case 5:
		_ = ref.PushJob(h.resume)
	}
}

// finish shuts the core down and checks that nothing is left of anything.
func (r *schedule) finish() {
	r.over = true
	for _, h := range r.ends {
		for h.ref.Valid() {
			if h.ref.PushJob(h.job) == nil { // resumes and releases
				break
			}
			if _, err := r.core.HandleCompletions(0); err != nil {
				r.violate("turn: %v", err)
				return
			}
		}
	}
	r.core.Shutdown()
	for i := 0; ; i++ {
		_, err := r.core.HandleCompletions(100 * time.Millisecond)
		if errors.Is(err, raon.ErrClosed) {
			break
		}
		if err != nil || i > 20_000 {
			r.violate("shutdown does not end: %v", err)
			return
		}
	}
	for _, h := range r.ends {
		if h.open {
			r.violate("%s: no OnDisconnect", h)
		}
	}
	for _, w := range r.core.WorkerStats() {
		if w.Port.Attached != 0 || w.Port.Pending != 0 || w.Port.Lent != 0 || w.Buffers != 0 || w.Live != 0 {
			r.violate("left behind: %d attached, %d pending, %d lent, %d chunks, %d live",
				w.Port.Attached, w.Port.Pending, w.Port.Lent, w.Buffers, w.Live)
		}
	}
	if err := r.world.Check(); err != nil {
		r.violate("%v", err)
	}
}
