package bots

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Command is raon bots.
func Command() *cobra.Command {
	var opts Options
	cmd := &cobra.Command{
		Use:   "bots",
		Short: "Load a server with sessions that verify every byte",
		Long: "Connects sessions to a raon server, sends stamped frames and verifies every byte\n" +
			"that comes back: once, in order, from the right sender. Ends with throughput and\n" +
			"latency, and with an error if anything was wrong.\n\n" +
			"An interrupt or SIGTERM ends the sending early; a second one ends the process.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := opts.Validate(); err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			context.AfterFunc(ctx, stop) // the second one kills
			return Run(ctx, opts, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	opts.add(cmd.Flags())
	return cmd
}
