//go:build linux

package main

import (
	"testing"

	"github.com/raon-engine/raon/bench/outcome"
)

func cellOf(server, family string, rates ...float64) cell {
	c := cell{Server: server, family: family}
	for _, r := range rates {
		c.Runs = append(c.Runs, outcome.Run{PerSecond: r})
	}
	return c
}

func TestMedianAndSpread(t *testing.T) {
	for _, c := range []struct {
		rates          []float64
		median, spread float64
	}{
		{nil, 0, 0},
		{[]float64{8}, 8, 0},
		{[]float64{30, 10, 20}, 20, 1},
		{[]float64{4, 1, 3, 2}, 2.5, 1.2},
	} {
		got := cellOf("s", "f", c.rates...)
		if got.median(rate) != c.median || got.spread(rate) != c.spread {
			t.Errorf("%v: median %v, spread %v", c.rates, got.median(rate), got.spread(rate))
		}
	}
}

func TestBase(t *testing.T) {
	cells := []cell{cellOf("gnet", "gnet", 5), cellOf("raon", "raon", 9), cellOf("nbio", "nbio", 3), cellOf("nbio-p2", "nbio", 7)}
	for name, want := range map[string]string{"raon": "raon", "nbio": "nbio", "nbio-p2": "nbio-p2"} {
		if got, ok := baseOf(name, cells, byRate); !ok || got.Server != want {
			t.Errorf("base %s: %s, %v", name, got.Server, ok)
		}
	}
	if got, ok := baseOf("c", cells, byRate); ok {
		t.Errorf("a base from nowhere: %s", got.Server)
	}
	pair := []cell{cellOf("a1", "a", 5), cellOf("a2", "a", 6)}
	if got, _ := baseOf("a", pair, byRate); got.Server != "a2" {
		t.Errorf("best of the family: %s, want the faster", got.Server)
	}
}
