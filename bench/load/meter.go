//go:build linux

package main

import (
	"errors"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/raon-engine/raon/bench/outcome"
)

const (
	slowestNs = int64(60e9)
	digits    = 3
)

// meter counts what happens within the window.
type meter struct {
	pid        int
	counting   bool
	messages   uint64
	latency    *hdrhistogram.Histogram // nanoseconds
	from, to   usage
	rssBefore  uint64
	rssAfter   uint64
	wrongs     uint64
	firstWrong string
	errs       []error
}

func newMeter(pid int) *meter {
	return &meter{pid: pid, latency: hdrhistogram.New(1, slowestNs, digits)}
}

// message counts one that took latencyNs.
func (m *meter) message(latencyNs int64) {
	if m.counting {
		m.messages++
		_ = m.latency.RecordValue(min(max(latencyNs, 1), slowestNs)) // always in range
	}
}

func (m *meter) wrong(what string) {
	m.wrongs++
	if m.firstWrong == "" {
		m.firstWrong = what
	}
}

// baseline notes the server's memory before the load.
func (m *meter) baseline() { m.rssBefore = m.resident() }

func (m *meter) open(now int64) {
	m.from = m.usage(now)
	m.counting = true
}

func (m *meter) close(now int64) {
	m.counting = false
	m.to = m.usage(now)
	m.rssAfter = m.resident()
}

func (m *meter) usage(now int64) usage {
	u, err := readUsage(now, m.pid)
	m.errs = append(m.errs, err)
	return u
}

func (m *meter) resident() uint64 {
	rss, err := residentBytes(m.pid)
	m.errs = append(m.errs, err)
	return rss
}

func (m *meter) report() (outcome.Run, error) {
	d := m.to.since(m.from)
	r := outcome.Run{
		Seconds:             d.seconds,
		Messages:            m.messages,
		PerSecond:           float64(m.messages) / d.seconds,
		Latency:             m.quantiles(),
		ServerCPUSeconds:    d.server,
		GeneratorCPUSeconds: d.self,
		ForeignCores:        max(0, (d.machine-d.server-d.self)/d.seconds),
		RSSBeforeBytes:      m.rssBefore,
		RSSAfterBytes:       m.rssAfter,
		Wrong:               m.wrongs,
		FirstWrong:          m.firstWrong,
	}
	return r, errors.Join(m.errs...)
}

func (m *meter) quantiles() outcome.Latency {
	at := func(q float64) float64 { return float64(m.latency.ValueAtQuantile(q)) / 1e3 }
	return outcome.Latency{P50: at(50), P90: at(90), P99: at(99), P999: at(99.9),
		Max: float64(m.latency.Max()) / 1e3, Mean: m.latency.Mean() / 1e3}
}
