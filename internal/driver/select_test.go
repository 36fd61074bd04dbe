package driver

import (
	"errors"
	"strings"
	"testing"

	"github.com/raon-engine/raon/internal/driver/sim"
	"github.com/raon-engine/raon/internal/leak"
	"github.com/raon-engine/raon/internal/port"
)

func TestMain(m *testing.M) { leak.Main(m) }

var errForbidden = errors.New("forbidden in this container")

func works() (port.Driver, error) { return sim.New(sim.Options{}).Driver(), nil }
func fails() (port.Driver, error) { return nil, errForbidden }

func TestByNameNeverFallsBack(t *testing.T) {
	from := []candidate{{"first", fails}, {"second", works}}
	_, err := byName(from, "first")
	if !errors.Is(err, errForbidden) || !strings.Contains(err.Error(), "first") {
		t.Errorf("%v: want what failed and why", err)
	}
	if d, err := byName(from, "second"); err != nil || d == nil {
		t.Errorf("the second: %v, %v", d, err)
	}
	if _, err := byName(from, "third"); err == nil || !strings.Contains(err.Error(), "auto, first, second") {
		t.Errorf("%v: want the names there are", err)
	}
}

func TestFirstThatWorks(t *testing.T) {
	d, reason, err := firstThatWorks([]candidate{{"first", fails}, {"second", works}, {"third", fails}})
	if err != nil || d == nil || !strings.Contains(reason, "first: "+errForbidden.Error()) || strings.Contains(reason, "third") {
		t.Errorf("%v, %q, %v", d, reason, err)
	}
	if _, _, err := firstThatWorks([]candidate{{"first", fails}, {"second", fails}}); !errors.Is(err, errForbidden) {
		t.Errorf("none works: %v", err)
	}
	if _, _, err := firstThatWorks(nil); err == nil {
		t.Error("a system without drivers has one that works")
	}
}

func TestSelect(t *testing.T) {
	small := port.PortOptions{Slots: 3, RecvBuffers: 2, RecvBufferBytes: 512, SubmitEntries: 5, CompleteEntries: 4, PostedAccepts: 6}
	for _, c := range []struct {
		name, env  string
		driver     string
		reason     string
		opts       port.PortOptions
		wrongAbout string // in the error; empty for none
	}{
		{name: "sim", driver: "sim", reason: "by name"},
		{name: "sim", env: "nonsense", driver: "sim", reason: "by name"},
		{env: "sim", driver: "sim", reason: "RAON_DRIVER"},
		{env: "sim,slots=3,buffers=2,bytes=512,sq=5,cq=4,accepts=6", driver: "sim", reason: "RAON_DRIVER", opts: small},
		{name: "no-such", wrongAbout: "no-such"},
		{env: "no-such", wrongAbout: "RAON_DRIVER"},
		{env: "sim,depth=3", wrongAbout: "sq=N, cq=N, buffers=N, bytes=N, slots=N or accepts=N"},
		{env: "sim,cq=many", wrongAbout: "cq=many"},
		{env: "sim,cq=0", wrongAbout: "cq=0"},
		{env: "sim,cq", wrongAbout: `"cq"`},
	} {
		got, err := Select(c.name, c.env)
		switch {
		case c.wrongAbout != "":
			if err == nil || !strings.Contains(err.Error(), c.wrongAbout) {
				t.Errorf("%q with %q: %v, want an error about %s", c.name, c.env, err, c.wrongAbout)
			}
		case err != nil:
			t.Errorf("%q with %q: %v", c.name, c.env, err)
		case got.Driver.Name() != c.driver || !strings.Contains(got.Reason, c.reason) || got.Options != c.opts:
			t.Errorf("%q with %q: %s, %q, %+v", c.name, c.env, got.Driver.Name(), got.Reason, got.Options)
		}
	}
}

// TestAuto holds the choice against what probing shows on this machine.
func TestAuto(t *testing.T) {
	var want []string
	for _, p := range Probe() {
		if p.Works != (p.Why == "") {
			t.Errorf("%s works: %v, because %q", p.Name, p.Works, p.Why)
		}
		if p.Works && p.Name != "sim" {
			want = append(want, p.Name)
		}
	}
	for _, name := range []string{"", "auto"} {
		got, err := Select(name, "")
		if len(want) == 0 {
			if err == nil {
				t.Errorf("chose %s where none works", got.Driver.Name())
			}
		} else if err != nil || got.Driver.Name() != want[0] || got.Reason == "" {
			t.Errorf("chose %v, %q, %v; want %s", got.Driver, got.Reason, err, want[0])
		}
	}
	opts := port.PortOptions{CompleteEntries: 4}
	if got, err := Select("", "auto,cq=4"); len(want) > 0 && (err != nil || got.Options != opts) {
		t.Errorf("sizes with auto: %+v, %v", got.Options, err)
	}
}
