package port

import "testing"

// TestOpTable holds names and lanes against the documentation. The numbers are
// in logs and metrics: a line here never changes.
func TestOpTable(t *testing.T) {
	tests := []struct {
		op     OpType
		number int
		name   string
		lane   Lane
	}{
		{OpNone, 0, "none", LaneNone},
		{OpAccept, 1, "accept", LaneRead},
		{OpConnect, 2, "connect", LaneWrite},
		{OpPreRecv, 3, "pre-recv", LaneRead},
		{OpRecv, 4, "recv", LaneRead},
		{OpSend, 5, "send", LaneWrite},
		{OpDisconnect, 6, "disconnect", LaneEnd},
		{OpFileWrite, 7, "file-write", LaneFile},
		{OpFileRead, 8, "file-read", LaneFile},
		{OpFileSync, 9, "file-sync", LaneFile},
		{OpFileTruncate, 10, "file-truncate", LaneFile},
		{OpJob, 11, "job", LaneNone},
	}
	if len(tests) != int(opTypes) {
		t.Errorf("%d operations are tested, there are %d", len(tests), opTypes)
	}
	for _, test := range tests {
		if int(test.op) != test.number || test.op.String() != test.name || test.op.Lane() != test.lane {
			t.Errorf("%v is number %d in lane %d, want %q, %d, %d",
				test.op, test.op, test.op.Lane(), test.name, test.number, test.lane)
		}
	}
	if got := opTypes.String(); got != "invalid" {
		t.Errorf("the name of what is no operation is %q", got)
	}
}

// TestLanes holds the exclusive lanes to being indexes of an array of Lanes.
func TestLanes(t *testing.T) {
	for _, lane := range []Lane{LaneRead, LaneWrite, LaneEnd} {
		if lane >= Lanes {
			t.Errorf("lane %d is out of an array of %d", lane, Lanes)
		}
	}
	for _, lane := range []Lane{LaneFile, LaneNone} {
		if lane < Lanes {
			t.Errorf("lane %d has an index, but holds any number of operations", lane)
		}
	}
}

func TestOptionNames(t *testing.T) {
	seen := map[string]Option{}
	for o := range Options {
		name := o.String()
		if other, twice := seen[name]; twice || name == "" || name == "invalid" {
			t.Errorf("option %d is called %q, like option %d", o, name, other)
		}
		seen[name] = o
	}
	if got := Options.String(); got != "invalid" {
		t.Errorf("the name of what is no option is %q", got)
	}
}
