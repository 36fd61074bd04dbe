package serve

import (
	"testing"
	"time"

	"github.com/raon-engine/raon"
)

func TestStatsAreTheDifferenceOfTwoReadings(t *testing.T) {
	last := reading{at: time.Unix(100, 0), frames: 10, Snapshot: raon.Snapshot{BytesIn: 1 << 20, PacketsOut: 5, Accepted: 7}}
	now := reading{at: time.Unix(102, 0), frames: 30, Snapshot: raon.Snapshot{
		Live: 3, BytesIn: 5 << 20, PacketsOut: 45, BytesOut: 1 << 20, Accepted: 9, Disconnected: 1, Dropped: 4,
	}}
	want := "raon serve: 3 sessions, in 10 frames/s 2.0 MiB/s, out 20 frames/s 0.5 MiB/s, accepted 2, ended 1, dropped 4"
	if got := now.since(last); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := last.since(last); got != "raon serve: 0 sessions, in 0 frames/s 0.0 MiB/s, out 0 frames/s 0.0 MiB/s, accepted 0, ended 0, dropped 0" {
		t.Errorf("no time between: %s", got)
	}
}

func TestReasonsListsWhatOccurred(t *testing.T) {
	kicks := make([]uint64, 256)
	if got := reasons(kicks); got != "none" {
		t.Errorf("%q, want none", got)
	}
	kicks[raon.KickRecv0], kicks[raon.KickPacketError] = 12, 1
	if got := reasons(kicks); got != "packet-error 1, recv-0 12" {
		t.Errorf("%q", got)
	}
}

func TestRefusalsListsWhatOccurred(t *testing.T) {
	if got := refusals(raon.Snapshot{}); got != "" {
		t.Errorf("%q, want nothing", got)
	}
	got := refusals(raon.Snapshot{Denied: 3, OverAddress: 2, OverRate: 1, Refused: 4})
	if got != "; refused: denied 3, over address 2, over rate 1, full 4" {
		t.Errorf("%q", got)
	}
}
