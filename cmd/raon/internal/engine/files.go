package engine

import (
	"fmt"

	"github.com/raon-engine/raon/internal/sys/limits"
)

// SpareFiles is how many descriptors a process needs beside its sessions:
// listeners, the workers' ports, logs.
const SpareFiles = 64

// RaiseFiles lets the process open as many files as it may. It returns a
// warning when that is too few for a number of sessions, one descriptor each.
func RaiseFiles(sessions int) (warning string) {
	most, err := limits.RaiseOpenFiles()
	if err != nil {
		return "" // this system does not tell; a real lack shows when accepting
	}
	return filesWarning(most, int64(sessions))
}

func filesWarning(most, sessions int64) string {
	need := sessions + SpareFiles
	if most < 0 || most >= need { // negative is unknown
		return ""
	}
	return fmt.Sprintf("open files: the limit of %d cannot hold %d sessions, which need %d (raon doctor tells how to mend it)", most, sessions, need)
}
