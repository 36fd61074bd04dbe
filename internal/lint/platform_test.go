package lint

import (
	"fmt"
	"go/build/constraint"
	"path"
	"slices"
	"strings"
	"testing"
)

// Names that make a constraint or a file name one of a platform.
var (
	systems = []string{"aix", "android", "bsd", "darwin", "dragonfly", "freebsd", "illumos", "ios", "js", "linux",
		"netbsd", "openbsd", "plan9", "solaris", "unix", "wasip1", "windows"}
	processors = []string{"386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "ppc64", "ppc64le", "riscv64",
		"s390x", "wasm"}
)

// platformDirs is where code for one platform may live.
var platformDirs = []string{"internal/driver/...", "internal/sys/..."}

// platformFiles may have such code elsewhere.
var platformFiles = exceptions{
	"cmd/raon/signals_test.go": "sends signals to a process, which not every system has",
}

// platformModules are exempt: the measuring programs run on Linux only.
var platformModules = []string{"bench/..."}

func TestPlatformCodeHasItsPlace(t *testing.T) {
	problems := map[string]string{}
	for _, s := range load(t) {
		if onlyOn(s) && !withinAny(s.dir, platformDirs) && !withinAny(s.dir, platformModules) {
			problems[s.path] = s.path + ": code for one platform belongs in internal/driver or internal/sys"
		}
	}
	report(t, problems, platformFiles)
}

// TestPlatformFilesSaySo holds that a name such as x_unix.go, which is no
// constraint, or x_linux.go, which is easy to miss, comes with a build line.
func TestPlatformFilesSaySo(t *testing.T) {
	for _, s := range load(t) {
		if problem := unsaid(s); problem != "" {
			t.Error(problem)
		}
	}
}

func unsaid(s source) string {
	if named(s.path) && constraintOf(s) == nil {
		return fmt.Sprintf("%s: named after a platform without a //go:build line", s.path)
	}
	return ""
}

// TestPlatformPackagesExistEverywhere holds that naming a package on another
// operating system is no error: one of its files has no constraint.
func TestPlatformPackagesExistEverywhere(t *testing.T) {
	for dir, files := range packages(load(t)) {
		if slices.ContainsFunc(files, onlyOn) && !slices.ContainsFunc(files, everywhere) {
			t.Errorf("%s: no file without a constraint; add a doc.go", dir)
		}
	}
}

func everywhere(s source) bool { return !s.test && !onlyOn(s) }

// onlyOn tells whether s is compiled on some platforms only.
func onlyOn(s source) bool {
	expr := constraintOf(s)
	return named(s.path) || expr != nil && mentionsPlatform(expr)
}

// named tells whether a file is named after a platform.
func named(name string) bool {
	stem := strings.TrimSuffix(strings.TrimSuffix(path.Base(name), ".go"), "_test")
	parts := strings.Split(stem, "_")
	last := parts[len(parts)-1]
	return len(parts) > 1 && (slices.Contains(systems, last) || slices.Contains(processors, last))
}

// constraintOf is the //go:build line of s, nil without one.
func constraintOf(s source) constraint.Expr {
	for _, group := range s.file.Comments {
		if group.Pos() > s.file.Package {
			break
		}
		for _, comment := range group.List {
			if expr, err := constraint.Parse(comment.Text); err == nil && constraint.IsGoBuild(comment.Text) {
				return expr
			}
		}
	}
	return nil
}

// mentionsPlatform tells whether expr depends on the platform rather than on
// tags such as race.
func mentionsPlatform(expr constraint.Expr) (found bool) {
	switch expr := expr.(type) {
	case *constraint.TagExpr:
		return slices.Contains(systems, expr.Tag) || slices.Contains(processors, expr.Tag)
	case *constraint.NotExpr:
		return mentionsPlatform(expr.X)
	case *constraint.AndExpr:
		return mentionsPlatform(expr.X) || mentionsPlatform(expr.Y)
	case *constraint.OrExpr:
		return mentionsPlatform(expr.X) || mentionsPlatform(expr.Y)
	}
	return false
}
