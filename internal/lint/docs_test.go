package lint

import (
	"go/ast"
	"os"
	"path"
	"regexp"
	"testing"
)

// namedFile finds the files that prose names: `internal/port/doc.go`.
var namedFile = regexp.MustCompile("`((?:[\\w.-]+/)*[\\w-]+\\.(?:go|md|yml|mod))`")

// TestDocsNameRealFiles holds that a file named in a document exists, seen from
// the top of the tree or from the document.
func TestDocsNameRealFiles(t *testing.T) {
	err := eachFile(func(name, text string) error {
		if path.Ext(name) != ".md" {
			return nil
		}
		for _, match := range namedFile.FindAllStringSubmatch(text, -1) {
			if !exists(match[1]) && !exists(path.Join(path.Dir(name), match[1])) {
				t.Errorf("%s names %s, which does not exist", name, match[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// namedTest finds the tests that prose names: `TestEcho`.
var namedTest = regexp.MustCompile("`((?:Test|Fuzz|Example)[A-Z]\\w+)`")

// TestDocsNameRealTests holds that a test named in a document is one.
func TestDocsNameRealTests(t *testing.T) {
	tests := map[string]bool{}
	for _, s := range load(t) {
		for _, d := range s.file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && s.test && fn.Recv == nil {
				tests[fn.Name.Name] = true
			}
		}
	}
	err := eachFile(func(name, text string) error {
		if path.Ext(name) != ".md" {
			return nil
		}
		for _, match := range namedTest.FindAllStringSubmatch(text, -1) {
			if !tests[match[1]] {
				t.Errorf("%s names %s, which no test is called", name, match[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func exists(name string) bool {
	_, err := os.Stat(path.Join(root, name))
	return err == nil
}
