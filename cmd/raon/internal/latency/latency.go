// Package latency collects how long frames took and sums it up. One Recorder
// belongs to one worker; the recorders are merged when all workers have ended.
package latency

import (
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

const (
	highest = 10 * time.Minute // longer times are recorded as this
	digits  = 3                // significant digits kept
)

// Recorder is a histogram of durations. It has one writer and no lock.
type Recorder struct{ hist *hdrhistogram.Histogram }

// NewRecorder makes an empty Recorder, of about 300 KiB.
func NewRecorder() *Recorder {
	return &Recorder{hist: hdrhistogram.New(1, int64(highest), digits)}
}

// Record adds one duration. What is out of range counts as the bound it passed.
func (r *Recorder) Record(d time.Duration) {
	// The only error is a value out of range, and the clamp prevents it.
	_ = r.hist.RecordValue(int64(min(max(d, 1), highest)))
}

// Summary is what a run's table shows.
type Summary struct {
	Count                    int64
	P50, P90, P99, P999, Max time.Duration
}

// Merge sums up all recorders. None may have a writer any more.
func Merge(recorders []*Recorder) Summary {
	all := NewRecorder().hist
	for _, r := range recorders {
		all.Merge(r.hist)
	}
	at := func(percent float64) time.Duration {
		return time.Duration(all.ValueAtPercentile(percent))
	}
	return Summary{
		Count: all.TotalCount(),
		P50:   at(50), P90: at(90), P99: at(99), P999: at(99.9),
		Max: time.Duration(all.Max()),
	}
}

// Table is s in two lines: the heads and the values.
func (s Summary) Table() string {
	return fmt.Sprintf("%-8s%10s%10s%10s%10s%10s\n%-8s%10s%10s%10s%10s%10s\n",
		"latency", "p50", "p90", "p99", "p99.9", "max",
		"", show(s.P50), show(s.P90), show(s.P99), show(s.P999), show(s.Max))
}

// show writes d with one unit, so that a column can be compared by eye.
func show(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%.1f us", d.Seconds()*1e6)
	case d < time.Second:
		return fmt.Sprintf("%.2f ms", d.Seconds()*1e3)
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}
