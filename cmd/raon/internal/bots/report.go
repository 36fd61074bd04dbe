package bots

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/cmd/raon/internal/latency"
)

// headline says what is about to happen.
func (r *run) headline(core *raon.Core) string {
	o := r.opts
	load := fmt.Sprintf("closed loop, depth %d", o.Depth)
	if o.Rate > 0 {
		load = fmt.Sprintf("open loop, %v frames/s per sender", o.Rate)
	}
	if !o.echo() {
		load = fmt.Sprintf("%d senders, %s", o.Senders, load)
	}
	return fmt.Sprintf("raon bots: %d sessions to %s (driver %s, %d workers, mode %s, %s, payload %d bytes)",
		o.Sessions, o.Connect, core.Driver().Name, core.Workers(), o.Mode, load, o.PayloadBytes)
}

// report prints throughput and latency. The workers have ended.
func (r *run) report(w io.Writer) {
	t := r.totals()
	took := r.trafficTime()
	fmt.Fprintf(w, "sent      %s\n", r.rate(t.sent, took))
	fmt.Fprintf(w, "received  %s\n", r.rate(t.received, took))
	recorders := make([]*latency.Recorder, len(r.lanes))
	unsent := uint64(0)
	for i, l := range r.lanes {
		recorders[i] = l.latencies
		unsent += l.pace.unsent
	}
	fmt.Fprint(w, latency.Merge(recorders).Table())
	fmt.Fprintln(w, r.meaning())
	if unsent > 0 {
		fmt.Fprintf(w, "behind schedule: %d frames were due and not sent when the time was over\n", unsent)
	}
}

// meaning says what the latencies are measured from.
func (r *run) meaning() string {
	if r.opts.Rate > 0 {
		return "latency from when each frame was due to its receipt (open loop, corrected for coordinated omission)"
	}
	return "latency from send to receipt (closed loop: each answer releases the next frame; not corrected for coordinated omission)"
}

// trafficTime is from the beginning of the traffic to the last delivery.
func (r *run) trafficTime() time.Duration {
	last := r.origin
	for _, l := range r.lanes {
		last = max(last, l.last)
	}
	return last - r.origin
}

func (r *run) rate(frames uint64, took time.Duration) string {
	if took <= 0 {
		return fmt.Sprintf("%d frames", frames)
	}
	perSecond := float64(frames) / took.Seconds()
	mib := perSecond * float64(r.opts.frameBytes()) / (1 << 20)
	return fmt.Sprintf("%d frames in %.2f s, %.0f frames/s, %.1f MiB/s", frames, took.Seconds(), perSecond, mib)
}

// verdict is the error that the run ends with, or prints that there was none.
func (r *run) verdict(ctx context.Context, w io.Writer) error {
	t := r.totals()
	if want := r.expected(t); t.received < want {
		r.faults.add(missing, want-t.received, "%d of %d arrived within %v", t.received, want, r.opts.SettleTimeout)
	}
	if err := r.faults.err(); err != nil {
		return err
	}
	if t.sent == 0 {
		return fmt.Errorf("nothing was sent: %w", noTraffic(ctx))
	}
	fmt.Fprintf(w, "raon bots: ok, all %d deliveries verified\n", t.received)
	return nil
}

// noTraffic says why a run without faults sent nothing.
func noTraffic(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return fmt.Errorf("the duration is shorter than the first frame is due")
}
