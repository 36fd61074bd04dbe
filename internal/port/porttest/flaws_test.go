package porttest

import (
	"bytes"
	"net/netip"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/driver/sim"
	"github.com/raon-engine/raon/internal/port"
)

// flawKey names the flaw of the process that runs TestFlawedDriver.
const flawKey = "PORTTEST_FLAW"

// TestSuiteNotices runs an aspect in a process of its own, with a driver that
// breaks the contract there: the suite must fail.
func TestSuiteNotices(t *testing.T) {
	if os.Getenv(flawKey) != "" {
		t.Skip("this process runs TestFlawedDriver")
	}
	for _, f := range flaws {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			out, err := runFlawed(f.name, f.aspect)
			if err == nil {
				t.Fatalf("%s passes with a driver that %s", f.aspect, f.name)
			}
			if !bytes.Contains(out, []byte("--- FAIL: TestFlawedDriver/")) || bytes.Contains(out, []byte("panic:")) {
				t.Errorf("%s with a driver that %s did not fail as tests do: %v\n%s", f.aspect, f.name, err, out)
			}
		})
	}
}

// runFlawed runs one aspect with one flaw.
func runFlawed(flaw, aspect string) (out []byte, err error) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestFlawedDriver$/^"+aspect+"$", "-test.v")
	cmd.Env = append(os.Environ(), flawKey+"="+flaw, "GORACE=atexit_sleep_ms=0")
	return cmd.CombinedOutput()
}

// TestFlawedDriver runs the suite on the simulation with the flaw that the
// environment names. Without a name it has none, and the suite passes.
func TestFlawedDriver(t *testing.T) {
	flaw := func(*flawedPort) {}
	for _, f := range flaws {
		if f.name == os.Getenv(flawKey) {
			flaw = f.flaw
		}
	}
	var w *sim.World
	Run(t, Config{
		New: func(*testing.T) port.Driver {
			w = sim.New(sim.Options{DiskBytes: 8 << 20})
			return flawedDriver{w.Driver(), flaw}
		},
		LimitHandles: func(_ *testing.T, n int) func() { return w.LimitHandles(n) },
		Other:        newSignal(&w),
		SmallDisk:    func(*testing.T, port.Driver) string { return "/small" },

		Check:       func() error { return w.Check() },
		Silent:      port.Addr{IP: netip.MustParseAddrPort("192.0.2.1:9")},
		Unreachable: port.Addr{IP: netip.MustParseAddrPort("203.0.113.1:9")},
		Patience:    2 * time.Second,
	})
}

// newSignal makes waitable handles of the world that *w is at the time.
func newSignal(w **sim.World) func(*testing.T, port.Driver) (port.Handle, func()) {
	return func(t *testing.T, _ port.Driver) (port.Handle, func()) {
		h, signal, err := (*w).NewSignal()
		if err != nil {
			t.Fatal(err)
		}
		return h, signal.Set
	}
}
