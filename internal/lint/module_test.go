package lint

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// requirement is one line of a go.mod, as go mod edit -json has it.
type requirement struct {
	Path     string
	Indirect bool
}

// requirements lists what the go.mod of a directory requires.
func requirements(t *testing.T, dir string) []requirement {
	t.Helper()
	list := exec.Command("go", "mod", "edit", "-json")
	list.Dir = root + "/" + dir
	out, err := list.Output()
	if err != nil {
		t.Fatalf("%s: %v", dir, err)
	}
	var mod struct{ Require []requirement }
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatalf("%s: %v", dir, err)
	}
	return mod.Require
}

// TestRequirementsAreInTheTable holds that a new dependency is a decision: the
// table of import directions names who may use it.
func TestRequirementsAreInTheTable(t *testing.T) {
	for _, r := range requirements(t, ".") {
		if !r.Indirect && !slices.ContainsFunc(directions, func(d row) bool { return d.packages != "bench/..." && d.uses(r.Path) }) {
			t.Errorf("go.mod requires %s, which no package may import", r.Path)
		}
	}
}

// TestPeersStayInTheirModule holds that the engines measured against, and the
// linters, reach no user of this module.
func TestPeersStayInTheirModule(t *testing.T) {
	own := requirements(t, ".")
	for _, dir := range []string{"bench", "tools"} {
		for _, r := range requirements(t, dir) {
			shared := slices.ContainsFunc(directions, func(d row) bool { return d.packages != "bench/..." && d.uses(r.Path) })
			if !r.Indirect && !shared && slices.ContainsFunc(own, func(o requirement) bool { return o.Path == r.Path }) {
				t.Errorf("go.mod requires %s, which belongs to %s/go.mod", r.Path, dir)
			}
		}
	}
}

// uses tells whether the packages of r may import something of that module.
func (r row) uses(module string) bool {
	return slices.ContainsFunc(r.outside, func(pattern string) bool {
		return within(strings.TrimSuffix(pattern, "/..."), module+"/...")
	})
}
