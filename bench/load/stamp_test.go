//go:build linux

package main

import (
	"net/netip"
	"testing"
	"time"

	"github.com/raon-engine/raon/bench/wire"
)

func TestStamp(t *testing.T) {
	for _, payload := range []int{stampBytes, 64, 4096, wire.MaxFrameBytes - wire.HeaderBytes} {
		s := newStamper(payload)
		want := stamp{sender: 7, seq: 100000, at: int64(time.Hour)}
		f := s.append(make([]byte, 0, s.size), want)
		got, wrong := s.read(f)
		if len(f) != payload+wire.HeaderBytes || got != want || wrong != "" {
			t.Errorf("payload %d: %d bytes, %+v, %q", payload, len(f), got, wrong)
		}
	}
}

func TestConfigBounds(t *testing.T) {
	good := config{mode: "echo", conns: 1, senders: 1, depth: 1, payload: 64, duration: time.Second}
	good.addr = netip.MustParseAddrPort("127.0.0.1:1")
	if err := good.check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*config){
		"IPv6":               func(c *config) { c.addr = netip.MustParseAddrPort("[::1]:1") },
		"rate of an echo":    func(c *config) { c.rate = 5 },
		"no connection":      func(c *config) { c.conns = 0 },
		"senders over conns": func(c *config) { c.senders = 2 },
		"no stamp":           func(c *config) { c.payload = stampBytes - 1 },
		"too large":          func(c *config) { c.payload = wire.MaxFrameBytes },
		"no window":          func(c *config) { c.duration = 0 },
	} {
		c := good
		spoil(&c)
		if c.check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
