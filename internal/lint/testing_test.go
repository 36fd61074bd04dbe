package lint

import (
	"go/ast"
	"slices"
	"testing"
)

// unchecked packages have tests but do not look for leaks.
var unchecked = exceptions{}

// otherModules have no access to internal/leak, or share a tree only.
var otherModules = []string{"bench/...", "tools/..."}

func TestPackagesLookForLeaks(t *testing.T) {
	problems := map[string]string{}
	for dir, files := range packages(load(t)) {
		tests := slices.DeleteFunc(slices.Clone(files), func(s source) bool { return !s.test })
		if len(tests) > 0 && !withinAny(dir, otherModules) && !slices.ContainsFunc(tests, looksForLeaks) {
			problems[dir] = dir + ": has tests but no TestMain that calls leak.Main"
		}
	}
	report(t, problems, unchecked)
}

// looksForLeaks tells whether s has the TestMain.
func looksForLeaks(s source) bool {
	return slices.ContainsFunc(functions(s), func(fn *ast.FuncDecl) bool {
		return fn.Name.Name == "TestMain" && (calls(fn, "leak", "Main") || s.dir == "internal/leak")
	})
}

// sleepers may pass time by sleeping. Everything else waits for an event or a
// condition, with a deadline.
var sleepers = exceptions{
	"internal/leak/leak.go:await": "looks again after a pause; nothing announces that a goroutine has ended",
}

func TestNobodySleeps(t *testing.T) {
	problems := map[string]string{}
	for _, s := range load(t) {
		if withinAny(s.dir, otherModules) {
			continue
		}
		for _, fn := range functions(s) {
			if calls(fn, "time", "Sleep") {
				problems[s.path+":"+fn.Name.Name] = s.at(fn.Pos()) + ": " + fn.Name.Name + " sleeps"
			}
		}
	}
	report(t, problems, sleepers)
}

// calls tells whether fn has a call of that function of another package.
func calls(fn *ast.FuncDecl, pkg, name string) (found bool) {
	ast.Inspect(fn, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if selector, ok := call.Fun.(*ast.SelectorExpr); ok && selector.Sel.Name == name {
			x, ok := selector.X.(*ast.Ident)
			found = found || ok && x.Name == pkg
		}
		return true
	})
	return found
}
