//go:build linux

package main

import (
	"slices"

	"github.com/raon-engine/raon/bench/outcome"
)

// cell is all runs of one server under one workload.
type cell struct {
	Workload string        `json:"workload"`
	Server   string        `json:"server"`
	Runs     []outcome.Run `json:"runs"`
	family   string
}

// metric reads one figure of a run.
type metric func(outcome.Run) float64

func rate(r outcome.Run) float64       { return r.PerSecond }
func cpu(r outcome.Run) float64        { return r.CPUPerMessage() }
func memory(r outcome.Run) float64     { return r.BytesPerConn() }
func p50(r outcome.Run) float64        { return r.Latency.P50 }
func p99(r outcome.Run) float64        { return r.Latency.P99 }
func p999(r outcome.Run) float64       { return r.Latency.P999 }
func serverBusy(r outcome.Run) float64 { return r.ServerBusy() }
func loadBusy(r outcome.Run) float64   { return r.GeneratorBusy() }
func foreign(r outcome.Run) float64    { return r.ForeignCores }
func resident(r outcome.Run) float64   { return float64(r.RSSAfterBytes) }

func (c cell) values(m metric) []float64 {
	var v []float64
	for _, r := range c.Runs {
		v = append(v, m(r))
	}
	slices.Sort(v)
	return v
}

// median is 0 without runs.
func (c cell) median(m metric) float64 {
	v := c.values(m)
	if len(v) == 0 {
		return 0
	}
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// spread is largest minus smallest, over the median.
func (c cell) spread(m metric) float64 {
	v := c.values(m)
	if middle := c.median(m); middle != 0 {
		return (v[len(v)-1] - v[0]) / middle
	}
	return 0
}

func (c cell) faults() (wrong, missing uint64, first string) {
	for _, r := range c.Runs {
		wrong += r.Wrong
		missing += r.Missing
		if first == "" {
			first = r.FirstWrong
		}
	}
	return wrong, missing, first
}

// criterion orders the settings of a family: the lowest wins.
type criterion func(cell) float64

func byRate(c cell) float64   { return -c.median(rate) }
func byCPU(c cell) float64    { return c.median(cpu) }
func byMemory(c cell) float64 { return c.median(memory) }

// baseOf returns what the others are compared with: the cell of that name, else
// the best setting of the family. False when there is none.
func baseOf(name string, cells []cell, best criterion) (cell, bool) {
	var base cell
	found := false
	for _, c := range cells {
		if c.Server == name {
			return c, true
		}
		if c.family == name && (!found || best(c) < best(base)) {
			base, found = c, true
		}
	}
	return base, found
}
