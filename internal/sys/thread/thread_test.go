package thread

import (
	"runtime"
	"testing"

	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

func TestIDTellsThreadsApart(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	mine := ID()
	if again := ID(); again != mine {
		t.Fatalf("one thread is %d and %d", mine, again)
	}
	others := make(chan uint64)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		others <- ID()
	}()
	if other := <-others; mine != 0 && other == mine {
		t.Errorf("two live threads are both %d", mine)
	}
}
