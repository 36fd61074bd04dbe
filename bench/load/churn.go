//go:build linux

package main

import (
	"math"
	"net/netip"

	"golang.org/x/sys/unix"
)

// sources is how many loopback addresses churn connects from: a closed
// connection keeps its port for a minute, and one address has 28,000.
const sources = 64

// churn keeps conns connections going, each of which echoes one frame and is
// closed by this side. Latency is from before connect to the echo.
type churn struct {
	*client
	opened int
}

func (c *churn) begin() error {
	for i := range c.cfg.conns {
		k := &conn{index: i}
		c.conns = append(c.conns, k)
		if err := c.open(k); err != nil {
			return err
		}
		if i == 0 {
			c.meter.baseline()
		}
	}
	return nil
}

// open connects k anew and hands its frame to the kernel, or to the poller
// while the handshake is under way.
func (c *churn) open(k *conn) error {
	at := c.now()
	c.opened++
	source := netip.AddrFrom4([4]byte{127, 0, 1, byte(1 + c.opened%sources)})
	fd, err := dial(source, c.cfg.addr, false)
	if err != nil {
		return err
	}
	*k = conn{index: k.index, fd: fd, out: k.out[:0]}
	if err := c.poll.add(fd, k.index, unix.EPOLLIN); err != nil {
		return err
	}
	c.pending++
	c.send(k, 1, at)
	return nil
}

func (c *churn) answered(k *conn, st stamp, now int64) {
	if c.own(k, st) {
		c.meter.message(now - st.at)
		k.owed++
	}
}

func (c *churn) read(k *conn) {
	if k.owed == 0 {
		return
	}
	c.drop(k)
	if c.ending {
		return
	}
	if err := c.open(k); err != nil {
		c.meter.wrong(err.Error())
	}
}

func (c *churn) pace(int64) int64 { return math.MaxInt64 }
