package leak

import (
	"net"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestMain(m *testing.M) { Main(m) }

// soon is how long the tests of leaks that never settle wait for them.
const soon = 10 * time.Millisecond

// outcome runs fn as the tests of a package.
func outcome(fn func(), counters ...Counter) (code int, out string) {
	var b strings.Builder
	code = run(func() int { fn(); return 0 }, soon, &b, counters)
	return code, b.String()
}

func TestNothingLeaked(t *testing.T) {
	code, out := outcome(func() {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listener.Close()
	})
	if code != 0 {
		t.Errorf("code %d for tests that leak nothing:\n%s", code, out)
	}
}

func TestGoroutineLeakShowsItsStack(t *testing.T) {
	stop := make(chan struct{})
	defer close(stop)
	code, out := outcome(func() { go stuckHere(stop) })
	if code != 1 || !strings.Contains(out, "stuckHere") {
		t.Errorf("code %d, want 1 and the name of the function in:\n%s", code, out)
	}
}

func stuckHere(stop chan struct{}) { <-stop }

func TestDescriptorLeakIsNamed(t *testing.T) {
	var file *os.File
	code, out := outcome(func() {
		var err error
		if file, err = os.Open(os.DevNull); err != nil {
			t.Fatal(err)
		}
	})
	file.Close()
	switch counted := runtime.GOOS == "linux"; {
	case counted && (code != 1 || !strings.Contains(out, os.DevNull)):
		t.Errorf("code %d, want 1 and %s in:\n%s", code, os.DevNull, out)
	case !counted && code != 0:
		t.Errorf("code %d where descriptors are not counted:\n%s", code, out)
	}
}

func TestReusedNumberIsALeak(t *testing.T) {
	if counted := openFiles() != nil; counted != (runtime.GOOS == "linux") {
		t.Fatalf("descriptors are counted: %v on %s", counted, runtime.GOOS)
	}
	before := map[descriptor]bool{{0, "some file"}: true}
	for file := range openFiles() {
		before[file] = true
	}
	reused, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer reused.Close()
	number := int(reused.Fd())
	before[descriptor{number, "what had the number before"}] = true
	extra := newFiles(before)
	if want := runtime.GOOS == "linux"; (len(extra) == 1) != want {
		t.Errorf("descriptor %d used for another file: listed %q", number, extra)
	}
}

func TestCounterLeak(t *testing.T) {
	code, out := outcome(func() {}, Counter{"buffers", func() int { return 3 }})
	if code != 1 || !strings.Contains(out, "buffers: 3") {
		t.Errorf("code %d, want 1 and the count in:\n%s", code, out)
	}
}

func TestLateEndIsAwaited(t *testing.T) {
	var looks atomic.Int32
	settles := Counter{"operations", func() int {
		return int(max(0, 3-looks.Add(1)))
	}}
	var b strings.Builder
	code := run(func() int { return 0 }, settle, &b, []Counter{settles})
	if code != 0 || looks.Load() != 3 {
		t.Errorf("code %d after %d looks, want 0 after 3:\n%s", code, looks.Load(), &b)
	}
}

func TestFailedTestsKeepTheirCode(t *testing.T) {
	var b strings.Builder
	leaking := []Counter{{"buffers", func() int { return 1 }}}
	if code := run(func() int { return 7 }, soon, &b, leaking); code != 7 || b.Len() != 0 {
		t.Errorf("code %d with %q, want 7 and nothing", code, &b)
	}
}

// recorder is a testing.TB that keeps what Check does to it.
type recorder struct {
	testing.TB
	cleanup func()
	failed  bool
}

func (r *recorder) Cleanup(fn func())     { r.cleanup = fn }
func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) Helper()               {}

func TestCheckFailsTheTest(t *testing.T) {
	for _, left := range []int{0, 1} {
		r := &recorder{TB: t}
		checkWithin(r, soon, Counter{"buffers", func() int { return left }})
		r.cleanup()
		if r.failed != (left > 0) {
			t.Errorf("%d left: failed is %v", left, r.failed)
		}
	}
}
