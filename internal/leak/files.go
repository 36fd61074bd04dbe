package leak

import (
	"fmt"
	"os"
	"slices"
	"strconv"
)

// descriptor is an open file with what it refers to, because the number alone
// may be in use again for something else.
type descriptor struct {
	number int
	target string // "socket:[4711]", "/etc/passwd"
}

// openFiles is the set of this process's descriptors, nil where the system has
// no such list, or has one that says nothing of what they refer to.
func openFiles() map[descriptor]bool {
	startPoller()
	const dir = "/proc/self/fd"
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	files := make(map[descriptor]bool, len(entries))
	for _, entry := range entries {
		target, err := os.Readlink(dir + "/" + entry.Name())
		if err != nil {
			continue // closed since, like the one that ReadDir used
		}
		number, err := strconv.Atoi(entry.Name())
		if err == nil {
			files[descriptor{number, target}] = true
		}
	}
	if len(files) == 0 {
		return nil
	}
	return files
}

// startPoller makes the runtime open its own epoll and event descriptors, which
// it never closes, so that the first test to use the network is not blamed.
func startPoller() {
	r, w, err := os.Pipe()
	if err != nil {
		return // the process has no descriptors left; the tests will tell
	}
	r.Close()
	w.Close()
}

// newFiles lists the descriptors that are not in before, by number.
func newFiles(before map[descriptor]bool) (lines []string) {
	var extra []descriptor
	for file := range openFiles() {
		if !before[file] {
			extra = append(extra, file)
		}
	}
	slices.SortFunc(extra, func(a, b descriptor) int { return a.number - b.number })
	for _, file := range extra {
		lines = append(lines, fmt.Sprintf("descriptor %d: %s", file.number, file.target))
	}
	return lines
}
