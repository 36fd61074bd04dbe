//go:build linux

package main

import "math"

// idle serves every connection once and then only holds it.
type idle struct{ *client }

func (i *idle) begin() error {
	for n := 1; n <= i.cfg.conns; n++ {
		if err := i.connect(n); err != nil {
			return err
		}
		i.pending++
		i.send(i.conns[n-1], 1, i.now())
		if err := i.until(answerLimit, func() bool { return i.pending <= 0 }); err != nil {
			return err
		}
		if n == 1 {
			i.meter.baseline()
		}
	}
	return nil
}

func (i *idle) answered(k *conn, st stamp, _ int64) { i.own(k, st) }
func (i *idle) read(*conn)                          {}
func (i *idle) pace(int64) int64                    { return math.MaxInt64 }
