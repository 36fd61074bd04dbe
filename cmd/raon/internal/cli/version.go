package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			info, _ := debug.ReadBuildInfo() // nil for a binary built without modules
			_, err := fmt.Fprintln(cmd.OutOrStdout(), version(info))
			return err
		},
	}
}

// version is one line from what the Go tool recorded in the binary.
func version(info *debug.BuildInfo) string {
	release, revision := "(unknown)", ""
	if info != nil {
		if info.Main.Version != "" {
			release = info.Main.Version
		}
		revision = vcs(info.Settings)
	}
	return strings.Join(strings.Fields(fmt.Sprintf("raon %s %s %s %s/%s",
		release, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)), " ")
}

// vcs is the commit that the binary was built from, "" when it is not known.
func vcs(settings []debug.BuildSetting) string {
	revision, modified := "", ""
	for _, s := range settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value[:min(len(s.Value), 12)]
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = "+changes"
		}
	}
	return revision + modified
}
