// Package doctor is the command raon doctor: what works on this machine, and
// which of its limits will be felt.
package doctor

import (
	"errors"

	"github.com/spf13/cobra"
)

// Command is raon doctor.
func Command() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check which drivers work here and which limits will be felt",
		Long: "Reports the system, which drivers work here and why others do not, and the limits\n" +
			"that a server or many bots run into, each with the command that mends it. Fails when\n" +
			"no driver works.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			m := examine()
			m.print(cmd.OutOrStdout())
			if m.best() == "" {
				return errors.New("no driver works here")
			}
			return nil
		},
	}
}
