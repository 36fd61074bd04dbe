package serve

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/cmd/raon/internal/engine"
)

// spareSlots is what a worker's port needs beyond the sessions: listeners.
const spareSlots = 1024

// Run serves until ctx ends, the process gets an interrupt or SIGTERM, or stdin
// ends if that was asked for. Then it drains; a second signal ends at once. It
// returns nil when it was stopped.
func Run(ctx context.Context, o Options, stdin io.Reader, stdout, stderr io.Writer) error {
	log := o.Logger(stderr)
	warning := engine.RaiseFiles(o.MaxSessions)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	if o.StopOnStdin {
		var stop context.CancelFunc
		ctx, stop = context.WithCancel(ctx)
		defer stop()
		go untilEnd(stdin, stop)
	}

	core, err := o.Start(log, o.MaxSessions+spareSlots)
	if err != nil {
		return err
	}
	v := newServer(&o, log, core.Workers())
	service, err := v.listen(core, &o)
	if err != nil {
		_ = core.Close() // it served nobody; the first error is the one that counts
		return err
	}
	if warning != "" {
		log.Warn(warning)
	}
	if core.Driver().Name == engine.Simulation {
		log.Warn("the network is simulated: nobody outside this process can connect")
	}
	fmt.Fprintln(stdout, ready(core, service, &o))
	meter := newMeter(v, service)
	if err := wait(ctx, core, signals, meter.every(o.StatsEvery, stdout)); err != nil {
		return err
	}
	fmt.Fprintln(stdout, meter.summary())
	return nil
}

// untilEnd reads stdin, which nobody else does, and calls stop at its end. The
// goroutine ends with the process when stdin does not.
func untilEnd(stdin io.Reader, stop func()) {
	_, _ = io.Copy(io.Discard, stdin) // an error is an end too
	stop()
}

// listen registers the service. The kernel takes connections when it returns.
func (v *server) listen(core *raon.Core, o *Options) (*raon.Service, error) {
	addrs, err := o.addrs()
	if err != nil {
		return nil, err
	}
	// In echo a session that does not read must not be cut while it may still
	// catch up: the engine stops reading from it. In a room others would wait.
	policy := raon.QueueTell
	if o.Mode == engine.Room {
		policy = raon.QueueDisconnect
	}
	return core.RegisterServer(raon.ServerOptions{
		Name:             "serve",
		Listen:           addrs,
		MaxSessions:      o.MaxSessions,
		MaxPerAddress:    o.PerAddress,
		AcceptsPerSecond: o.AcceptRate,
		Allow:            o.Allow,
		Deny:             o.Deny,
		ProxyFrom:        o.ProxyFrom,
		DrainTimeout:     o.DrainTimeout,
		NewHandler:       func() raon.Handler { return session{v} },
		Session:          raon.SessionOptions{QueueBytes: o.QueueBytes, Policy: policy, IdleTimeout: o.IdleTimeout},
	})
}

// ready is the line that tells a waiting script that it may connect.
func ready(core *raon.Core, service *raon.Service, o *Options) string {
	var where []string
	for _, a := range service.Addrs() {
		where = append(where, a.String())
	}
	return fmt.Sprintf("raon serve: ready on %s (driver %s, %d workers, mode %s, max %d sessions)",
		strings.Join(where, " and "), core.Driver().Name, core.Workers(), o.Mode, o.MaxSessions)
}

// ticks calls show at an interval. The zero ticks never does.
type ticks struct {
	every time.Duration
	show  func()
}

// wait returns when the core has ended: after the first request to stop it
// drains, at the second it ends at once.
func wait(ctx context.Context, core *raon.Core, signals <-chan os.Signal, t ticks) error {
	ended := make(chan error, 1)
	go func() { ended <- core.Wait() }()
	var tick <-chan time.Time
	if t.every > 0 {
		ticker := time.NewTicker(t.every)
		defer ticker.Stop()
		tick = ticker.C
	}
	cancelled := ctx.Done()
	for {
		select {
		case <-tick:
			t.show()
		case <-cancelled:
			cancelled = nil
			core.Shutdown()
		case <-signals:
			core.Shutdown()
		case err := <-ended:
			return err
		}
	}
}
