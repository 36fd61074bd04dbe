package lint

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// Limits of length, in lines. Suites are test code that others import.
const (
	maxFunction     = 70
	maxTestFunction = 120
	maxFile         = 500
	maxMedianFile   = 170
)

var suites = []string{"internal/port/porttest"}

// longFunctions may exceed the limit, each for the reason given.
var longFunctions = exceptions{}

// longFiles may exceed the limit, each for the reason given.
var longFiles = exceptions{}

func TestFunctionsAreShort(t *testing.T) {
	problems := map[string]string{}
	for _, s := range load(t) {
		longIn(s, problems)
	}
	report(t, problems, longFunctions)
}

// longIn adds the functions of s that are too long, as "path:name".
func longIn(s source, problems map[string]string) {
	limit := maxFunction
	if s.test || withinAny(s.dir, suites) {
		limit = maxTestFunction
	}
	for _, fn := range functions(s) {
		if n := s.line(fn.End()) - s.line(fn.Pos()) + 1; n > limit {
			problems[s.path+":"+fn.Name.Name] = fmt.Sprintf("%s: %s has %d lines, more than %d",
				s.at(fn.Pos()), fn.Name.Name, n, limit)
		}
	}
}

func TestFilesAreShort(t *testing.T) {
	problems := map[string]string{}
	for _, s := range load(t) {
		if n := s.lines(); n > maxFile {
			problems[s.path] = fmt.Sprintf("%s has %d lines, more than %d", s.path, n, maxFile)
		}
	}
	report(t, problems, longFiles)
}

func TestMedianFileIsSmall(t *testing.T) {
	var all []source
	for _, s := range load(t) {
		if !s.test {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b source) int { return b.lines() - a.lines() })
	if median := all[len(all)/2].lines(); median > maxMedianFile {
		var longest strings.Builder
		for _, s := range all[:min(10, len(all))] {
			fmt.Fprintf(&longest, "\n%5d %s", s.lines(), s.path)
		}
		t.Errorf("the median file has %d lines, more than %d; the longest:%s", median, maxMedianFile, &longest)
	}
}

// functions lists the functions and methods that s declares.
func functions(s source) (fns []*ast.FuncDecl) {
	for _, decl := range s.file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok {
			fns = append(fns, fn)
		}
	}
	return fns
}
