package raon

import (
	"log/slog"
	"os"
	"sync"
	"sync/atomic"

	"github.com/raon-engine/raon/buffer"
	"github.com/raon-engine/raon/internal/driver"
	"github.com/raon-engine/raon/internal/port"
)

// Core owns the workers, each with its completion port, and the services that
// live on them. Any goroutine may call its methods, except that Wait and Close
// must not be called by a callback. RAON called it IocpCore.
type Core struct {
	opts    CoreOptions
	driver  port.Driver
	reason  string
	log     *slog.Logger
	workers []*worker
	shared  *buffer.SharedPool
	turn    atomic.Uint32 // deals jobs and connects to the workers in turn
	guard   *watchdog
	offload offloader

	nextSession atomic.Uint64

	mu       sync.Mutex
	services []*Service // registered and not yet ended
	closing  bool       // Shutdown was called
	running  int        // workers that have not ended
	failure  error      // first error of a worker's port
	ended    chan struct{}
}

// DriverInfo says which driver a Core runs on and why.
type DriverInfo struct {
	Name   string
	Reason string
	Caps   Caps
}

// NewCore chooses a driver, logs the choice and its reason, and starts the
// workers. Errors: every fault of opts at once, or a driver that cannot run.
func NewCore(opts CoreOptions) (*Core, error) {
	opts, err := opts.normalized()
	if err != nil {
		return nil, err
	}
	c := &Core{
		opts:   opts,
		log:    opts.Logger,
		shared: buffer.NewSharedPool(buffer.PoolOptions{}),
		ended:  make(chan struct{}),
	}
	c.offload.core = c
	if err := c.choose(); err != nil {
		return nil, err
	}
	for i := range opts.Workers {
		c.workers = append(c.workers, newWorker(c, i))
	}
	c.running = len(c.workers)
	if err := c.start(); err != nil {
		return nil, err
	}
	c.log.Info("raon: core started", "driver", c.driver.Name(), "reason", c.reason, "workers", len(c.workers))
	return c, nil
}

// choose settles the driver.
func (c *Core) choose() error {
	if d := c.opts.CustomDriver; d != nil {
		c.driver, c.reason = d, "given by the application"
		return nil
	}
	choice, err := driver.Select(c.opts.Driver, os.Getenv("RAON_DRIVER"))
	if err != nil {
		return err
	}
	c.driver, c.reason = choice.Driver, choice.Reason
	c.opts.Port = overlay(choice.Options, c.opts.Port)
	return nil
}

// overlay takes from env what opts leaves at zero.
func overlay(env, opts PortOptions) PortOptions {
	for _, f := range []struct{ have, env *int }{
		{&opts.Slots, &env.Slots},
		{&opts.RecvBuffers, &env.RecvBuffers},
		{&opts.RecvBufferBytes, &env.RecvBufferBytes},
		{&opts.SubmitEntries, &env.SubmitEntries},
		{&opts.CompleteEntries, &env.CompleteEntries},
	} {
		if *f.have == 0 {
			*f.have = *f.env
		}
	}
	return opts
}

// start runs the workers and waits until each has its port, or one has failed.
// A manual worker makes its port in the first HandleCompletions.
func (c *Core) start() error {
	if c.opts.Manual {
		return nil
	}
	ready := make(chan error, len(c.workers))
	for _, w := range c.workers {
		go w.run(ready)
	}
	var failed error
	for range c.workers {
		if err := <-ready; err != nil && failed == nil {
			failed = err
		}
	}
	if failed != nil {
		c.stopWorkers()
		<-c.ended
		return failed
	}
	if c.opts.SlowHandlerMs > 0 {
		c.guard = startWatchdog(c)
	}
	return nil
}

// Driver tells which driver the core runs on, and why.
func (c *Core) Driver() DriverInfo {
	return DriverInfo{Name: c.driver.Name(), Reason: c.reason, Caps: c.driver.Caps()}
}

// Workers is the number of workers.
func (c *Core) Workers() int { return len(c.workers) }

// Buffers makes SendBuffers for goroutines that are no workers.
func (c *Core) Buffers() *buffer.SharedPool { return c.shared }
