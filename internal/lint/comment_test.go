package lint

import (
	"go/ast"
	"go/format"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documented are the packages in which every exported name has a comment.
var documented = []string{".", "buffer", "raontest", "internal/port"}

func TestPackagesHaveAComment(t *testing.T) {
	for dir, files := range packages(load(t)) {
		files = slices.DeleteFunc(slices.Clone(files), func(s source) bool { return s.test })
		if len(files) > 0 && !slices.ContainsFunc(files, func(s source) bool { return s.file.Doc != nil }) {
			t.Errorf("%s: no package comment", dir)
		}
	}
}

func TestExportedNamesHaveAComment(t *testing.T) {
	for _, s := range load(t) {
		if s.test || !withinAny(s.dir, documented) {
			continue
		}
		for _, problem := range undocumented(s) {
			t.Error(problem)
		}
	}
}

// undocumented lists the exported names of s without a comment.
func undocumented(s source) (problems []string) {
	for _, decl := range s.file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Doc == nil && decl.Name.IsExported() && exportedReceiver(decl) {
				problems = append(problems, s.at(decl.Pos())+": "+decl.Name.Name+" has no comment")
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				if name := bareSpec(spec); name != "" && decl.Doc == nil {
					problems = append(problems, s.at(spec.Pos())+": "+name+" has no comment")
				}
			}
		}
	}
	return problems
}

// exportedReceiver tells whether fn is a function, or a method that users see.
func exportedReceiver(fn *ast.FuncDecl) bool {
	if fn.Recv == nil {
		return true
	}
	exported := false
	ast.Inspect(fn.Recv.List[0].Type, func(n ast.Node) bool {
		name, ok := n.(*ast.Ident)
		exported = exported || ok && name.IsExported()
		return true
	})
	return exported
}

// bareSpec is the exported name that spec declares without a comment, or "". A
// comment on the group it belongs to is looked at by the caller.
func bareSpec(spec ast.Spec) string {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if spec.Doc == nil && spec.Comment == nil && spec.Name.IsExported() {
			return spec.Name.Name
		}
	case *ast.ValueSpec:
		if spec.Doc == nil && spec.Comment == nil && spec.Names[0].IsExported() {
			return spec.Names[0].Name
		}
	}
	return ""
}

func TestFormatted(t *testing.T) {
	for _, s := range load(t) {
		formatted, err := format.Source([]byte(s.text))
		if err != nil {
			t.Errorf("%s: %v", s.path, err)
		} else if string(formatted) != s.text {
			t.Errorf("%s: not formatted by gofmt", s.path)
		}
	}
}

// unfinished finds the marks of work left undone. They are written in two parts
// for this file's own sake.
var unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK)\b`)

func TestNothingIsLeftUnfinished(t *testing.T) {
	texts := []string{".go", ".md", ".yml", ".mod", ".sh", ".c", ".h", ""}
	err := eachFile(func(name, text string) error {
		if !slices.Contains(texts, path.Ext(name)) {
			return nil
		}
		for i, line := range strings.Split(text, "\n") {
			if mark := unfinished.FindString(line); mark != "" {
				t.Errorf("%s:%d: %s", name, i+1, mark)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
