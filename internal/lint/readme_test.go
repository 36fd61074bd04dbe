package lint

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadmeProgramCompiles vets the Go program in the README. It stands there
// without its first lines.
func TestReadmeProgramCompiles(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	programs := fenced(string(text), "go")
	if len(programs) != 1 {
		t.Fatalf("%d Go programs in the README, want 1", len(programs))
	}
	name := filepath.Join(t.TempDir(), "main.go")
	head := "package main\n\nimport (\n\t\"log\"\n\n\t\"" + module + "\"\n)\n\n"
	if err := os.WriteFile(name, []byte(head+programs[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	vet := exec.Command("go", "vet", name)
	vet.Dir = root
	if out, err := vet.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// fenced lists the code blocks of a language in a Markdown text.
func fenced(text, language string) (blocks []string) {
	for _, rest := range strings.Split(text, "\n```"+language+"\n")[1:] {
		block, _, _ := strings.Cut(rest, "\n```")
		blocks = append(blocks, block+"\n")
	}
	return blocks
}
