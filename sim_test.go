package raon_test

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// schedules is how many seeds a plain test run plays. RAON_SIM_N plays more,
// RAON_SIM_SEED begins elsewhere: with N=1, it replays one.
const schedules = 5_000

func fromEnv(t *testing.T, name string, def uint64) uint64 {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		return def
	}
	n, err := strconv.ParseUint(v, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// playSeeds plays n seeds from first on, on every processor, and returns the
// first violation.
func playSeeds(first, n uint64, plant bool) error {
	var next atomic.Uint64
	var mu sync.Mutex
	var found error
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				i := next.Add(1) - 1
				if i >= n {
					return
				}
				if err := runSchedule(first+i, plant); err != nil {
					mu.Lock()
					if found == nil {
						found = err
					}
					mu.Unlock()
					next.Store(n)
					return
				}
			}
		})
	}
	wg.Wait()
	return found
}

func TestSchedulesKeepEveryPromise(t *testing.T) {
	first, n := fromEnv(t, "RAON_SIM_SEED", 1), fromEnv(t, "RAON_SIM_N", schedules)
	if err := playSeeds(first, n, false); err != nil {
		t.Fatalf("%v\nreplay: RAON_SIM_N=1 RAON_SIM_SEED=<seed> go test -run TestSchedulesKeepEveryPromise .", err)
	}
	t.Logf("%d schedules from seed %d", n, first)
}

func TestPlantedDefectPrintsItsSeed(t *testing.T) {
	err := playSeeds(1, 1_000, true)
	if err == nil {
		t.Fatal("a planted defect went unnoticed in 1,000 schedules")
	}
	var seed uint64
	if _, serr := fmt.Sscanf(err.Error(), "seed %d:", &seed); serr != nil || !strings.Contains(err.Error(), "packet") {
		t.Fatalf("the violation does not name its seed and packet: %v", err)
	}
	if again := runSchedule(seed, true); again == nil || again.Error() != err.Error() {
		t.Fatalf("seed %d does not reproduce: %v, then %v", seed, err, again)
	}
}
