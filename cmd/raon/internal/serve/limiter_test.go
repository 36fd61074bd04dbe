package serve

import (
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

func TestLimiterPassesSomePerSecondAndCountsTheRest(t *testing.T) {
	var l limiter
	now := time.Unix(1000, 0)
	for i := range logsPerSecond {
		if hidden, ok := l.allow(now); !ok || hidden != 0 {
			t.Fatalf("line %d: %d hidden, %v", i, hidden, ok)
		}
	}
	for range 5 {
		if _, ok := l.allow(now.Add(time.Second - 1)); ok {
			t.Fatal("one too many passed")
		}
	}
	if hidden, ok := l.allow(now.Add(time.Second)); !ok || hidden != 5 {
		t.Errorf("next second: %d hidden, %v; want 5", hidden, ok)
	}
	if hidden, ok := l.allow(now.Add(time.Second)); !ok || hidden != 0 {
		t.Errorf("then: %d hidden, %v; want 0", hidden, ok)
	}
}
