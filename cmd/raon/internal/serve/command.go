// Package serve is the command raon serve: a server of frames that echoes them
// or sends them to a room.
package serve

import "github.com/spf13/cobra"

// Command is raon serve.
func Command() *cobra.Command {
	var opts Options
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve frames: echo them, or send them to a room",
		Long: "Accepts sessions that speak frames: u16 size (header included), u16 packet id, both\n" +
			"little endian, then the payload. Mode echo returns each frame to its sender, mode room\n" +
			"sends it to every connected session, the sender too.\n\n" +
			"An interrupt or SIGTERM drains: what has been read is answered, then every stream ends\n" +
			"on a frame boundary. A second one ends at once. On Windows Ctrl-C and Ctrl-Break do\n" +
			"that too, and so does closing the console, logging off or shutting down; after those\n" +
			"the system ends the process within seconds (5 by default), whatever --drain-timeout.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := opts.Validate(); err != nil {
				return err
			}
			return Run(cmd.Context(), opts, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	opts.add(cmd.Flags())
	return cmd
}
