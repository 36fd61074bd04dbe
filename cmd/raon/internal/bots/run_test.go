package bots

import (
	"testing"

	"github.com/raon-engine/raon/cmd/raon/internal/engine"
)

// roomOf is a run whose lanes have so many members each.
func roomOf(mode engine.Mode, payloadBytes int, members ...int64) *run {
	r := newRun(&Options{Mode: mode, PayloadBytes: payloadBytes, Sessions: 100, Senders: 10, Depth: 1}, len(members))
	for i, n := range members {
		r.lanes[i].live.Store(n)
	}
	return r
}

func TestBehindLooksAtEachLane(t *testing.T) {
	r := roomOf(engine.Room, 60_000, 50, 50)
	most := r.opts.mostBehind()
	if most != 4 {
		t.Fatalf("members may lack %d frames, want 4", most)
	}
	r.lanes[0].sent.Store(uint64(most) + 3)
	r.lanes[0].received.Store(50 * uint64(most+3)) // up to date
	r.lanes[1].received.Store(50 * 3)              // lacks as much as it may
	if r.behind() {
		t.Error("behind at the bound")
	}
	r.lanes[1].received.Store(50*3 - 1)
	if !r.behind() {
		t.Error("not behind beyond the bound")
	}
}

func TestBehindIgnoresLanesWithoutMembersAndEcho(t *testing.T) {
	r := roomOf(engine.Room, 60_000, 50, 0)
	r.lanes[0].sent.Store(100)
	r.lanes[0].received.Store(50 * 100)
	if r.behind() {
		t.Error("an empty lane is behind")
	}
	r = roomOf(engine.Echo, 60_000, 50)
	r.lanes[0].sent.Store(1000)
	if r.behind() {
		t.Error("echo is behind")
	}
}

func TestExpectedDeliveries(t *testing.T) {
	if got := roomOf(engine.Room, 64).expected(totals{sent: 7}); got != 700 {
		t.Errorf("room: %d deliveries of 7 frames to 100, want 700", got)
	}
	if got := roomOf(engine.Echo, 64).expected(totals{sent: 7}); got != 7 {
		t.Errorf("echo: %d deliveries of 7 frames, want 7", got)
	}
}
