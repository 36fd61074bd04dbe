// Package cli puts the commands of raon together and runs one.
package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/raon-engine/raon/cmd/raon/internal/bots"
	"github.com/raon-engine/raon/cmd/raon/internal/doctor"
	"github.com/raon-engine/raon/cmd/raon/internal/serve"
)

// Run executes the command line args, without the program's name, and returns
// the exit code. Whatever goes wrong is one line on stderr and a code of 1. What
// goes on by itself ends, in order, when ctx does.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintf(stderr, "%s: %s\n", cmd.CommandPath(), oneLine(err))
	return 1
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "raon",
		Short:         "The raon network engine: a server, a load generator and a check-up",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(serve.Command(), bots.Command(), doctor.Command(), versionCommand())
	return root
}

// oneLine joins the lines of an error, as errors.Join makes them.
func oneLine(err error) string {
	return strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
}
