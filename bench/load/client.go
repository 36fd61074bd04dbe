//go:build linux

package main

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// workload says what a mode does with an answer, and when it sends.
type workload interface {
	// begin gets all connections going; it sends the first frames.
	begin() error
	// answered takes one frame whose size, id and payload are right.
	answered(c *conn, st stamp, now int64)
	// read follows the frames that one read brought.
	read(c *conn)
	// pace sends what is due and returns when to call again.
	pace(now int64) int64
}

// client drives all connections from one thread.
type client struct {
	cfg     config
	poll    *poller
	conns   []*conn
	stamps  *stamper
	meter   *meter
	work    workload
	scratch []byte
	origin  time.Time
	pending int           // answers that are still to come
	drain   time.Duration // how long they are waited for in the end
	ending  bool          // nothing new is sent
}

func newClient(cfg config) (*client, error) {
	poll, err := newPoller()
	if err != nil {
		return nil, err
	}
	c := &client{cfg: cfg, poll: poll, stamps: newStamper(cfg.payload), meter: newMeter(cfg.pid),
		scratch: make([]byte, scratchBytes), origin: time.Now(), drain: drainLimit}
	switch cfg.mode {
	case "echo":
		c.work = &echo{client: c}
	case "room":
		c.work = newRoom(c)
	case "churn":
		c.work = &churn{client: c}
	case "idle":
		c.work = &idle{client: c}
	default:
		return nil, fmt.Errorf("-mode %q: want echo, room, churn or idle", cfg.mode)
	}
	return c, nil
}

// close ends every connection.
func (c *client) close() {
	for _, k := range c.conns {
		if !k.closed {
			c.drop(k)
		}
	}
	unix.Close(c.poll.fd)
}

// now is nanoseconds since the client was made.
func (c *client) now() int64 { return int64(time.Since(c.origin)) }

// connect adds connections until there are n.
func (c *client) connect(n int) error {
	for len(c.conns) < n {
		fd, err := dial(netip.Addr{}, c.cfg.addr, true)
		if err != nil {
			return fmt.Errorf("connection %d: %w", len(c.conns), err)
		}
		k := &conn{index: len(c.conns), fd: fd}
		c.conns = append(c.conns, k)
		if err := c.poll.add(fd, k.index, unix.EPOLLIN); err != nil {
			return err
		}
	}
	return nil
}

// turn handles what is ready within the time given.
func (c *client) turn(waitNs int64) {
	for _, e := range c.poll.wait(waitNs) {
		k := c.conns[e.Fd]
		if e.Events&unix.EPOLLOUT != 0 && !k.closed {
			c.flush(k)
		}
		if e.Events&^unix.EPOLLOUT != 0 && !k.closed {
			c.receive(k)
		}
	}
}

// until turns until the condition holds, or fails after the limit.
func (c *client) until(limit time.Duration, holds func() bool) error {
	end := c.now() + int64(limit)
	for !holds() {
		now := c.now()
		if now > end {
			return errors.New("no answer in time")
		}
		c.turn(min(end-now, int64(10*time.Millisecond)))
	}
	return nil
}
