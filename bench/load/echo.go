//go:build linux

package main

import "math"

// echo keeps depth frames outstanding on every connection.
type echo struct{ *client }

func (e *echo) begin() error {
	if err := e.connect(1); err != nil {
		return err
	}
	e.meter.baseline()
	if err := e.connect(e.cfg.conns); err != nil {
		return err
	}
	for _, k := range e.conns {
		e.ask(k, e.cfg.depth)
	}
	return nil
}

func (e *echo) ask(k *conn, n int) {
	e.pending += n
	e.send(k, n, e.now())
}

func (e *echo) answered(k *conn, st stamp, now int64) {
	if !e.own(k, st) {
		return
	}
	e.meter.message(now - st.at)
	k.owed++
}

// own checks that st is the next frame that k is to get back.
func (c *client) own(k *conn, st stamp) bool {
	c.pending--
	if st.sender != uint32(k.index) || st.seq != k.recvSeq {
		c.meter.wrong("order of an echo")
		return false
	}
	k.recvSeq++
	return true
}

func (e *echo) read(k *conn) {
	n := k.owed
	k.owed = 0
	if n > 0 && !e.ending {
		e.ask(k, n)
	}
}

func (e *echo) pace(int64) int64 { return math.MaxInt64 }
