package lint

import (
	"strings"
	"testing"
)

// TestRulesBite shows each rule a file that breaks it and one that does not.
func TestRulesBite(t *testing.T) {
	long := strings.Repeat("\tprintln()\n", maxFunction)
	longer := strings.Repeat("\tprintln()\n", maxTestFunction)
	oneIf := func(broken bool) []string { return map[bool][]string{true: {"broken"}}[broken] }
	rules := map[string]func(source) []string{
		"imports":      badImports,
		"undocumented": undocumented,
		"unsaid":       func(s source) []string { return oneIf(unsaid(s) != "") },
		"platform":     func(s source) []string { return oneIf(onlyOn(s)) },
		"leaks":        func(s source) []string { return oneIf(!looksForLeaks(s)) },
		"unfinished":   func(s source) []string { return oneIf(unfinished.MatchString(s.text)) },
		"long": func(s source) []string {
			problems := map[string]string{}
			longIn(s, problems)
			return oneIf(len(problems) > 0)
		},
	}
	for _, sample := range []struct {
		rule, path, body string
		want             int // problems
	}{
		{"imports", "buffer/x.go", `import "` + module + `/internal/invariant"`, 0},
		{"imports", "buffer/x.go", `import "` + module + `"`, 1},
		{"imports", "buffer/x.go", `import "golang.org/x/sys/unix"`, 1},
		{"imports", "x.go", `import "` + module + `/cmd/raon/internal/cli"`, 1},
		{"imports", "x.go", `import "unsafe"`, 1},
		{"imports", "internal/wheel/x.go", `import "` + module + `/internal/leak"`, 1},
		{"imports", "internal/wheel/x_test.go", `import "` + module + `/internal/leak"`, 0},
		{"imports", "internal/sys/file/x.go", `import ("unsafe"; "golang.org/x/sys/unix"; "os")`, 0},
		{"imports", "internal/nowhere/x.go", ``, 1},
		{"undocumented", "x.go", "func F() {}\ntype T int\nvar V, w int\nfunc (T) M() {}\n", 4},
		{"undocumented", "x.go", "func f() {}\ntype t int\nfunc (t) M() {}\n", 0},
		{"undocumented", "x.go", "// F is.\nfunc F() {}\n// Some.\nconst (A = 1; B = 2)\n", 0},
		{"undocumented", "x.go", "const (\n\tA = 1 // said\n\tB = 2\n)\n", 1},
		{"unsaid", "x_unix.go", "", 1},
		{"unsaid", "x_linux_test.go", "", 1},
		{"unsaid", "linux.go", "", 0},
		{"platform", "x.go", "", 0},
		{"platform", "x_windows.go", "", 1},
		{"leaks", "x/x_test.go", "func TestMain(m *testing.M) { leak.Main(m) }", 0},
		{"leaks", "x/x_test.go", "func TestMain(m *testing.M) { m.Run() }", 1},
		{"unfinished", "x.go", "// TO" + "DO: more", 1},
		{"unfinished", "x.go", "// todos", 0},
		{"long", "x.go", "func f() {\n" + long + "}", 1},
		{"long", "x_test.go", "func f() {\n" + long + "}", 0},
		{"long", "x_test.go", "func f() {\n" + longer + "}", 1},
		{"long", "internal/port/porttest/x.go", "func f() {\n" + long + "}", 0},
	} {
		s, err := parse(sample.path, "package x\n"+sample.body)
		if err != nil {
			t.Fatal(err)
		}
		if got := rules[sample.rule](s); len(got) != sample.want {
			t.Errorf("%s of %s %q: %q, want %d", sample.rule, sample.path, sample.body, got, sample.want)
		}
	}
}

func TestConstraints(t *testing.T) {
	for line, want := range map[string]bool{
		"//go:build linux":                     true,
		"//go:build !windows && (race || go1)": true,
		"//go:build race || invariants":        false,
		"// about linux":                       false,
	} {
		s, err := parse("x.go", line+"\n\npackage x\n")
		if err != nil {
			t.Fatal(err)
		}
		if onlyOn(s) != want {
			t.Errorf("%q is for one platform: %v, want %v", line, !want, want)
		}
	}
}
