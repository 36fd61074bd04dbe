//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const buildLimit = 5 * time.Minute

// builder makes each program once, in one folder.
type builder struct {
	folder string
	made   map[string]error // by binary
}

func newBuilder(folder string) (*builder, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	return &builder{folder: folder, made: map[string]error{}}, os.MkdirAll(folder, 0o755)
}

// program builds a source, a folder of Go or one C file below the module's
// root, and returns the path of the binary.
func (b *builder) program(source, tags string) (string, error) {
	name := strings.NewReplacer("/", "-", ",", "-").Replace(strings.TrimSuffix(source, ".c") + "," + tags)
	binary := filepath.Join(b.folder, strings.Trim(name, "-"))
	err, done := b.made[binary]
	if !done {
		err = compile(source, tags, binary)
		b.made[binary] = err
	}
	return binary, err
}

func compile(source, tags, binary string) error {
	ctx, cancel := context.WithTimeout(context.Background(), buildLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", tags, "-o", binary, "./"+source)
	if strings.HasSuffix(source, ".c") {
		cmd = exec.CommandContext(ctx, "gcc", "-O2", "-g", "-Wall", "-Wextra", "-o", binary, source, "-luring", "-lpthread")
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", source, err, out)
	}
	return nil
}
