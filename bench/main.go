//go:build linux

package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// settings are the runner's flags.
type settings struct {
	servers   string
	workloads string
	base      string
	out       string
	rounds    int
	retries   int
	window    time.Duration
	warmup    time.Duration
	quiet     float64
	nice      int
}

func parseSettings() settings {
	var s settings
	flag.StringVar(&s.servers, "servers", "all", "names or families, separated by commas")
	flag.StringVar(&s.workloads, "workloads", defaultWorkloads, "names, separated by commas")
	flag.StringVar(&s.base, "base", "gnet", "ratios are against this server, or the best setting of this family")
	flag.StringVar(&s.out, "out", "out", "folder for binaries and results")
	flag.IntVar(&s.rounds, "rounds", 3, "runs of each server, interleaved")
	flag.IntVar(&s.retries, "retries", 2, "repetitions of a run that other programs disturbed")
	flag.DurationVar(&s.window, "window", 3*time.Second, "measured time of a run")
	flag.DurationVar(&s.warmup, "warmup", 500*time.Millisecond, "before it")
	flag.Float64Var(&s.quiet, "quiet", 0.06, "cores that other programs may use")
	flag.IntVar(&s.nice, "nice", 0, "of the children; -15 on a busy machine, needs root")
	flag.Parse()
	return s
}

func main() {
	if err := run(parseSettings()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(s settings) error {
	chosen, err := chooseServers(s.servers)
	if err != nil {
		return err
	}
	loads, err := chooseWorkloads(s.workloads)
	if err != nil {
		return err
	}
	b, chosen, err := prepare(s, chosen)
	if err != nil {
		return err
	}
	r := newReport(b.ground, s)
	tables := []string{r.conditions()}
	for _, w := range loads {
		cells, err := b.rounds(w, chosen, s.rounds)
		if err != nil {
			return err
		}
		r.Cells = append(r.Cells, cells...)
		tables = append(tables, table(w, cells, s.base))
	}
	text := strings.Join(tables, "\n")
	fmt.Print(text)
	name, err := r.save(s.out, text)
	fmt.Fprintf(os.Stderr, "saved as %s.json and .md\n", name)
	return err
}

// prepare builds everything and drops the servers that do not build: a machine
// may lack a C compiler or liburing.
func prepare(s settings, chosen []server) (*bench, []server, error) {
	made, err := newBuilder(filepath.Join(s.out, "bin"))
	if err != nil {
		return nil, nil, err
	}
	b := &bench{builder: made, window: s.window, warmup: s.warmup, retries: s.retries, quiet: s.quiet}
	if b.load, err = made.program("load", ""); err != nil {
		return nil, nil, err
	}
	var ready []server
	for _, v := range chosen {
		if _, err := made.program(v.source, v.tags); err != nil {
			fmt.Fprintf(os.Stderr, "left out: %s: %v\n", v.name, err)
			continue
		}
		ready = append(ready, v)
	}
	runtime.LockOSThread()
	b.ground, err = settle(s.nice)
	return b, ready, err
}

// rounds interleaves: a slow drift of the machine meets all servers alike.
func (b *bench) rounds(w workload, chosen []server, n int) ([]cell, error) {
	cells := make([]cell, len(chosen))
	for i, s := range chosen {
		cells[i] = cell{Workload: w.name, Server: s.name, family: s.family}
	}
	for round := range n {
		for i, s := range chosen {
			run, err := b.measure(s, w)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(os.Stderr, "%s round %d %-10s %9.0f/s %7.3f us/msg %6.0f B/conn foreign %.2f\n",
				w.name, round+1, s.name, run.PerSecond, run.CPUPerMessage(), run.BytesPerConn(), run.ForeignCores)
			cells[i].Runs = append(cells[i].Runs, run)
		}
	}
	return cells, nil
}
