package lint

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/raon-engine/raon/internal/leak"
)

const (
	root   = "../.."
	module = "github.com/raon-engine/raon"
)

func TestMain(m *testing.M) { leak.Main(m) }

// source is one Go file.
type source struct {
	path string // from the top of the tree, with slashes
	dir  string // its package, "." for the top
	test bool   // a _test.go file
	text string
	set  *token.FileSet
	file *ast.File
}

// parse makes a source of text; path tells what kind it is.
func parse(name, text string) (source, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.ParseComments|parser.SkipObjectResolution)
	return source{
		path: name, dir: path.Dir(name), test: strings.HasSuffix(name, "_test.go"),
		text: text, set: set, file: file,
	}, err
}

// line is the line of pos.
func (s source) line(pos token.Pos) int { return s.set.Position(pos).Line }

// at begins a message about what stands at pos.
func (s source) at(pos token.Pos) string { return fmt.Sprintf("%s:%d", s.path, s.line(pos)) }

// lines is how many lines the file has.
func (s source) lines() int { return strings.Count(s.text, "\n") }

// imports lists the paths that s imports.
func (s source) imports() (paths []string) {
	for _, spec := range s.file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err == nil { // the parser has seen to it
			paths = append(paths, name)
		}
	}
	return paths
}

// tree is every Go file of the repository, those of other modules in it too.
var tree = sync.OnceValues(func() (files []source, err error) {
	err = eachFile(func(name, text string) error {
		if path.Ext(name) != ".go" {
			return nil
		}
		s, err := parse(name, text)
		files = append(files, s)
		return err
	})
	return files, err
})

// eachFile calls fn with every file that belongs to the tree.
func eachFile(fn func(name, text string) error) error {
	return filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		below = filepath.ToSlash(below)
		if entry.IsDir() {
			if slices.Contains([]string{".git", "testdata", "bench/out"}, below) || path.Base(below) == "testdata" {
				return fs.SkipDir
			}
			return nil
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return fn(below, string(text))
	})
}

// load is the tree, for a test.
func load(t *testing.T) []source {
	t.Helper()
	files, err := tree()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// packages is the tree by directory.
func packages(files []source) map[string][]source {
	byDir := map[string][]source{}
	for _, s := range files {
		byDir[s.dir] = append(byDir[s.dir], s)
	}
	return byDir
}

// within tells whether dir matches pattern: a path, or one that ends in "/..."
// for it and all below.
func within(dir, pattern string) bool {
	if top, ok := strings.CutSuffix(pattern, "/..."); ok {
		return dir == top || strings.HasPrefix(dir, top+"/")
	}
	return dir == pattern
}

// withinAny tells whether dir matches one of the patterns.
func withinAny(dir string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return within(dir, pattern) })
}

// exceptions grants by name what a rule forbids, each with its reason.
type exceptions map[string]string

// report fails t for each problem that is not excepted, and for each exception
// that no problem needs. Problems are keyed by what would be excepted.
func report(t *testing.T, problems map[string]string, granted exceptions) {
	t.Helper()
	for name, problem := range problems {
		if _, ok := granted[name]; !ok {
			t.Error(problem)
		}
	}
	for name := range granted {
		if _, ok := problems[name]; !ok {
			t.Errorf("the exception for %s is not needed any more", name)
		}
	}
}
