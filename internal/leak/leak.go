package leak

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// settle is how long goroutines and the rest may take to end after the tests.
const settle = 5 * time.Second

// Counter counts one kind of thing that must be gone when the tests have ended.
type Counter struct {
	Name  string     // of the things counted, in the plural
	Count func() int // how many there are now; any goroutine
}

// Main runs the tests of m and exits: with their code if they fail, else with 1
// and a listing on standard error if something leaked. It does not return, so
// deferred functions of its caller do not run.
func Main(m *testing.M, counters ...Counter) {
	os.Exit(run(m.Run, settle, os.Stderr, counters))
}

// Check fails t if, once t and its cleanups that were registered later have
// ended, something is left that was not there when Check was called. It finds
// the test at fault where Main only knows the package; t must not be parallel.
func Check(t testing.TB, counters ...Counter) {
	checkWithin(t, settle, counters...)
}

func checkWithin(t testing.TB, within time.Duration, counters ...Counter) {
	before := takeBaseline()
	t.Cleanup(func() {
		t.Helper()
		if found := await(before, within, counters); len(found) > 0 {
			t.Errorf("leaked:\n%s", strings.Join(found, "\n"))
		}
	})
}

// run is Main without the exit. A failing test is reported alone: what it left
// behind follows from where it stopped.
func run(tests func() int, within time.Duration, out io.Writer, counters []Counter) int {
	before := takeBaseline()
	if code := tests(); code != 0 {
		return code
	}
	if before.files == nil && testing.Verbose() { // flags are parsed by now
		fmt.Fprintln(out, "leak: no /proc/self/fd here, descriptors are not counted")
	}
	found := await(before, within, counters)
	if len(found) == 0 {
		return 0
	}
	fmt.Fprintf(out, "leak: still there %v after the tests:\n%s\n", within, strings.Join(found, "\n"))
	return 1
}

// baseline is what was there before the tests.
type baseline struct {
	goroutines goleak.Option
	files      map[descriptor]bool // nil: not counted
}

func takeBaseline() baseline {
	return baseline{goleak.IgnoreCurrent(), openFiles()}
}

// await looks for leaks until there are none or the time is up, and lists the
// last ones seen.
func await(before baseline, within time.Duration, counters []Counter) []string {
	const pause = 2 * time.Millisecond
	for deadline := time.Now().Add(within); ; time.Sleep(pause) {
		found := leaks(before, counters)
		if len(found) == 0 || time.Now().After(deadline) {
			return found
		}
	}
}

// leaks lists what is there now and should not be. The cheap ones come first,
// because goleak.Find itself waits a third of a second for goroutines to end.
func leaks(before baseline, counters []Counter) (found []string) {
	for _, c := range counters {
		if n := c.Count(); n != 0 {
			found = append(found, fmt.Sprintf("%s: %d", c.Name, n))
		}
	}
	if before.files != nil {
		found = append(found, newFiles(before.files)...)
	}
	if err := goleak.Find(before.goroutines); err != nil {
		found = append(found, err.Error())
	}
	return found
}
