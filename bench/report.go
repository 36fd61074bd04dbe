//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// report is what lands in the output folder.
type report struct {
	Started   time.Time `json:"started"`
	Kernel    string    `json:"kernel"`
	Processor string    `json:"processor"`
	Go        string    `json:"go"`
	Ground    *ground   `json:"ground"`
	Rounds    int       `json:"rounds"`
	Window    string    `json:"window"`
	Cells     []cell    `json:"cells"`
}

func newReport(g *ground, s settings) *report {
	r := &report{Started: time.Now(), Go: runtime.Version(), Ground: g, Rounds: s.rounds, Window: s.window.String()}
	var name unix.Utsname
	if unix.Uname(&name) == nil {
		r.Kernel = unix.ByteSliceToString(name.Release[:])
	}
	r.Processor = processor()
	return r
}

// processor is empty where /proc/cpuinfo names none.
func processor() string {
	p, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(p)) {
		if rest, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.Trim(rest, " \t:\n")
		}
	}
	return ""
}

// conditions is the line above the tables.
func (r *report) conditions() string {
	return strings.Join([]string{r.Processor, "Linux " + r.Kernel, r.Go, r.Ground.Network, r.Ground.Cores, fmt.Sprintf("niceness %d", r.Ground.Nice),
		r.Window + " a run"}, "; ") + ".\n"
}

// save writes the figures of every run and the tables, named by the time.
func (r *report) save(folder, tables string) (string, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	name := filepath.Join(folder, r.Started.Format("20060102-150405"))
	p, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(name+".json", append(p, '\n'), 0o644); err != nil {
		return "", err
	}
	return name, os.WriteFile(name+".md", []byte(tables), 0o644)
}
