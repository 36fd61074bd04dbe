// Command raon runs the engine from a shell: a server, a load generator that
// verifies every byte, and a check of what the machine allows.
package main

import (
	"context"
	"os"

	"github.com/raon-engine/raon/cmd/raon/internal/cli"
)

func main() {
	os.Exit(cli.Run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}
