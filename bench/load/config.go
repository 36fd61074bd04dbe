//go:build linux

package main

import (
	"flag"
	"fmt"
	"math"
	"net/netip"
	"time"

	"github.com/raon-engine/raon/bench/wire"
)

// config is what was asked for, checked.
type config struct {
	addr     netip.AddrPort
	mode     string
	conns    int
	depth    int // frames a sender has outstanding
	senders  int // room: the first so many connections send
	payload  int
	rate     float64 // room: frames per second, all senders together; 0 = closed loop
	warmup   time.Duration
	duration time.Duration
	pid      int // of the server; 0 = unknown
}

func parseConfig() (config, error) {
	var c config
	addr := flag.String("addr", "127.0.0.1:7000", "the server, IPv4")
	flag.StringVar(&c.mode, "mode", "echo", "echo, room, churn (connect, echo once, close) or idle")
	flag.IntVar(&c.conns, "conns", 100, "connections")
	flag.IntVar(&c.depth, "depth", 1, "outstanding frames of each sender")
	flag.IntVar(&c.senders, "senders", 0, "room: how many send; 0 = all")
	flag.IntVar(&c.payload, "payload", 64, "payload bytes of a frame")
	flag.Float64Var(&c.rate, "rate", 0, "room: frames per second offered; 0 = closed loop")
	flag.DurationVar(&c.warmup, "warmup", 500*time.Millisecond, "before the measured window")
	flag.DurationVar(&c.duration, "duration", 3*time.Second, "the measured window")
	flag.IntVar(&c.pid, "pid", 0, "process of the server, for its CPU time and memory")
	flag.Parse()
	var err error
	if c.addr, err = netip.ParseAddrPort(*addr); err != nil {
		return c, err
	}
	if c.senders == 0 {
		c.senders = c.conns
	}
	return c, c.check()
}

func (c config) check() error {
	if !c.addr.Addr().Is4() {
		return fmt.Errorf("-addr %v: want an IPv4 address", c.addr)
	}
	if c.rate != 0 && c.mode != "room" {
		return fmt.Errorf("-rate is for rooms")
	}
	for _, b := range []struct {
		flag            string
		value, low, top float64
	}{
		{"conns", float64(c.conns), 1, 60000},
		{"depth", float64(c.depth), 1, 1024},
		{"senders", float64(c.senders), 1, float64(c.conns)},
		{"payload", float64(c.payload), stampBytes, wire.MaxFrameBytes - wire.HeaderBytes},
		{"rate", c.rate, 0, 1e6},
		{"warmup", c.warmup.Seconds(), 0, 60},
		{"duration", c.duration.Seconds(), 0.01, 600},
		{"pid", float64(c.pid), 0, math.MaxInt32},
	} {
		if !(b.value >= b.low && b.value <= b.top) {
			return fmt.Errorf("-%s %v: want %v to %v", b.flag, b.value, b.low, b.top)
		}
	}
	return nil
}
