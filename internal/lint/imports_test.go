package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// row says what the packages of one pattern may import besides the standard
// library. Patterns are paths from the top of the tree, with "/..." for all
// below; "." is the top itself.
type row struct {
	packages string
	may      []string // packages of this repository
	outside  []string // packages of other modules, and unsafe
	tests    []string // more of this repository, in _test.go files
}

// What several rows share.
var (
	lowLevel = []string{"unsafe", "golang.org/x/sys/..."}
	checked  = []string{"internal/invariant"}
	contract = []string{"internal/invariant", "internal/port", "internal/sys/...", "internal/inbox", "internal/wheel"}
	engine   = []string{".", "buffer"}
)

// directions is the order of layers: the first row that matches a package is
// the one that counts, and every package has one.
var directions = []row{
	{packages: "internal/invariant"},
	{packages: "internal/leak", outside: []string{"go.uber.org/goleak"}},
	{packages: "internal/lint"},
	{packages: "internal/inbox", may: checked},
	{packages: "internal/wheel", may: checked},
	{packages: "internal/port", may: checked},
	{packages: "internal/port/porttest", may: []string{"internal/port", "internal/invariant"},
		tests: []string{"internal/driver/sim"}},
	{packages: "internal/sys/...", may: []string{"internal/port", "internal/sys/...", "internal/invariant"},
		outside: lowLevel},
	{packages: "internal/driver", may: append([]string{"internal/driver/..."}, contract...),
		tests: []string{"internal/port/porttest"}},
	{packages: "internal/driver/sim", may: []string{"internal/port", "internal/invariant", "internal/wheel"},
		tests: []string{"internal/port/porttest"}},
	{packages: "internal/driver/...", may: append([]string{"internal/driver/ready", "internal/driver/lend", "internal/driver/blocking", "internal/driver/fifo"}, contract...), outside: lowLevel,
		tests: []string{"internal/port/porttest", "internal/driver/sim"}},
	{packages: "buffer", may: checked, outside: []string{"unsafe"}, tests: []string{"buffer"}},
	{packages: ".", may: []string{"buffer", "internal/driver", "internal/port", "internal/sys/thread",
		"internal/sys/limits", "internal/invariant", "internal/inbox", "internal/wheel"},
		tests: []string{".", "internal/driver/sim", "raontest"}},
	{packages: "examples/...", may: []string{".", "buffer", "packet", "job", "aoi"}},
	{packages: "netconn", may: engine, outside: []string{"golang.org/x/net/nettest"}, tests: []string{"netconn"}},
	{packages: "aoi", may: checked, tests: []string{"aoi"}},
	{packages: "job", may: []string{".", "internal/sys/thread", "internal/invariant"}, tests: []string{"job", "raontest", "internal/driver/sim"}},
	{packages: "packet", may: append(engine[:2:2], checked...), tests: []string{"packet", "raontest"}},
	{packages: "packet/protocodec", may: []string{"packet"}, outside: []string{"google.golang.org/protobuf/..."},
		tests: []string{".", "packet/protocodec", "raontest"}},
	{packages: "raontest", may: []string{".", "buffer", "internal/driver/sim", "internal/port", "internal/invariant"},
		tests: []string{"raontest"}},
	{packages: "cmd/raon/...", may: append([]string{"cmd/raon/...", "internal/driver", "internal/sys/limits"}, engine...),
		outside: []string{"github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/vbauerster/mpb/v8/...",
			"github.com/HdrHistogram/hdrhistogram-go", "golang.org/x/term"}},
	{packages: "bench/...", may: append([]string{"bench/..."}, engine...),
		outside: []string{"golang.org/x/sys/...", "unsafe", "github.com/HdrHistogram/hdrhistogram-go",
			"github.com/panjf2000/gnet/v2", "github.com/lesismal/nbio/...", "github.com/cloudwego/netpoll"}},
}

func TestImportDirections(t *testing.T) {
	for _, s := range load(t) {
		for _, problem := range badImports(s) {
			t.Error(problem)
		}
	}
}

func badImports(s source) (problems []string) {
	i := slices.IndexFunc(directions, func(r row) bool { return within(s.dir, r.packages) })
	if i < 0 {
		return []string{fmt.Sprintf("%s: package %q has no row in the table of import directions", s.path, s.dir)}
	}
	for _, name := range s.imports() {
		if !directions[i].allows(name, s.test) {
			problems = append(problems, fmt.Sprintf("%s: %s must not import %s", s.path, s.dir, name))
		}
	}
	return problems
}

// allows tells whether the packages of r may import the package of that name.
func (r row) allows(name string, test bool) bool {
	if name == module {
		name = module + "/."
	}
	if own, ok := strings.CutPrefix(name, module+"/"); ok {
		return withinAny(own, r.may) || test && (own == "internal/leak" || own == "internal/invariant" || withinAny(own, r.tests))
	}
	standard := name != "unsafe" && !strings.Contains(strings.Split(name, "/")[0], ".")
	return standard || withinAny(name, r.outside)
}

func TestEveryRowIsUsed(t *testing.T) {
	files := load(t)
	for _, r := range directions {
		if !slices.ContainsFunc(files, func(s source) bool { return within(s.dir, r.packages) }) {
			t.Errorf("no package matches the row %q", r.packages)
		}
	}
}

func TestNoVaguePackageNames(t *testing.T) {
	vague := []string{"util", "utils", "common", "helper", "helpers", "misc", "base"}
	for dir := range packages(load(t)) {
		for _, part := range strings.Split(dir, "/") {
			if slices.Contains(vague, part) {
				t.Errorf("%s: %q does not say what the package is for", dir, part)
			}
		}
	}
}

// TestNothingHappensByImport holds that importing a package has no effect: no
// init functions, no blank imports.
func TestNothingHappensByImport(t *testing.T) {
	for _, s := range load(t) {
		for _, spec := range s.file.Imports {
			if spec.Name != nil && (spec.Name.Name == "_" || spec.Name.Name == ".") {
				t.Errorf("%s: import of %s as %s", s.at(spec.Pos()), spec.Path.Value, spec.Name.Name)
			}
		}
		for _, fn := range functions(s) {
			if fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: an init function", s.at(fn.Pos()))
			}
		}
	}
}
