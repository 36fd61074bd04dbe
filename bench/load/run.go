//go:build linux

package main

import (
	"fmt"
	"time"

	"github.com/raon-engine/raon/bench/outcome"
)

const (
	scratchBytes = 256 << 10
	drainLimit   = 3 * time.Second
	answerLimit  = 5 * time.Second
)

// run connects, warms up, measures one window, then waits for what is still to
// come. Every step has a limit.
func (c *client) run() (outcome.Run, error) {
	if err := c.work.begin(); err != nil {
		return outcome.Run{}, fmt.Errorf("%s: %w %s", c.cfg.mode, err, c.meter.firstWrong)
	}
	c.spend(c.cfg.warmup)
	c.meter.open(c.now())
	c.spend(c.cfg.duration)
	c.meter.close(c.now())
	c.ending = true
	// What is missing after the limit is in the report.
	_ = c.until(c.drain, func() bool { return c.pending <= 0 })
	return c.report()
}

// spend works for d.
func (c *client) spend(d time.Duration) {
	end := c.now() + int64(d)
	for now := c.now(); now < end; now = c.now() {
		due := c.work.pace(now)
		c.turn(min(end, due) - now)
	}
}

func (c *client) report() (outcome.Run, error) {
	r, err := c.meter.report()
	r.Mode = c.cfg.mode
	r.Conns = c.cfg.conns
	r.Depth = c.cfg.depth
	r.PayloadBytes = c.cfg.payload
	r.RateOffered = c.cfg.rate
	r.Missing = uint64(max(c.pending, 0))
	return r, err
}
