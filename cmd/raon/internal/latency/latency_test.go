package latency

import (
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

func TestMergeOfWorkersIsThePercentilesOfAll(t *testing.T) {
	recorders := []*Recorder{NewRecorder(), NewRecorder(), NewRecorder()}
	for i := 1; i <= 1000; i++ {
		recorders[i%3].Record(time.Duration(i) * time.Millisecond)
	}
	got := Merge(recorders)
	if got.Count != 1000 {
		t.Errorf("count %d, want 1000", got.Count)
	}
	within(t, "p50", got.P50, 500*time.Millisecond)
	within(t, "p90", got.P90, 900*time.Millisecond)
	within(t, "p99", got.P99, 990*time.Millisecond)
	within(t, "p99.9", got.P999, 999*time.Millisecond)
	within(t, "max", got.Max, 1000*time.Millisecond)
}

// within allows the histogram's three significant digits.
func within(t *testing.T, name string, got, want time.Duration) {
	t.Helper()
	if diff := (got - want).Abs(); diff > want/500 {
		t.Errorf("%s %v, want %v", name, got, want)
	}
}

func TestRecordClampsWhatIsOutOfRange(t *testing.T) {
	r := NewRecorder()
	r.Record(-time.Second)
	r.Record(0)
	r.Record(time.Hour)
	got := Merge([]*Recorder{r})
	if got.Count != 3 {
		t.Fatalf("count %d, want 3", got.Count)
	}
	within(t, "max", got.Max, highest)
	if got.P50 != 1 {
		t.Errorf("p50 %v, want 1ns", got.P50)
	}
}

func TestTable(t *testing.T) {
	s := Summary{
		Count: 1, P50: 1500, P90: 250 * time.Microsecond, P99: 1234 * time.Microsecond,
		P999: 999 * time.Millisecond, Max: 61 * time.Second,
	}
	want := "latency        p50       p90       p99     p99.9       max\n" +
		"            1.5 us  250.0 us   1.23 ms 999.00 ms   61.00 s\n"
	if got := s.Table(); got != want {
		t.Errorf("table\n%s\nwant\n%s", got, want)
	}
}

func TestMergeOfNothing(t *testing.T) {
	if got := Merge(nil); got != (Summary{}) {
		t.Errorf("%+v, want zeros", got)
	}
}
