//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strconv"
	"time"

	"github.com/raon-engine/raon/bench/outcome"
)

const (
	loadLimit = time.Minute            // beyond the window, for connecting and draining
	restTime  = 200 * time.Millisecond // the kernel ends connections of the last run
)

// bench measures one server under one workload at a time.
type bench struct {
	ground  *ground
	builder *builder
	ports   ports
	load    string // binary
	window  time.Duration
	warmup  time.Duration
	retries int
	quiet   float64 // foreign cores above which a run is repeated
}

// measure repeats a run that other programs disturbed, and keeps the least
// disturbed one. They do not change a resting server's memory.
func (b *bench) measure(s server, w workload) (outcome.Run, error) {
	best, err := b.once(s, w)
	for range b.retries {
		if err != nil || w.resting() || best.ForeignCores <= b.quiet {
			break
		}
		var again outcome.Run
		if again, err = b.once(s, w); again.ForeignCores < best.ForeignCores {
			best = again
		}
	}
	return best, err
}

// once runs a fresh server.
func (b *bench) once(s server, w workload) (outcome.Run, error) {
	var run outcome.Run
	binary, err := b.builder.program(s.source, s.tags)
	if err != nil {
		return run, err
	}
	addr, err := b.ports.next()
	if err != nil {
		return run, err
	}
	cmd := serverCommand(binary, s, w.mode, addr)
	if err := b.ground.start(cmd, &b.ground.server); err != nil {
		return run, err
	}
	p, err := awaitServer(cmd, addr)
	if err != nil {
		return run, err
	}
	defer time.Sleep(restTime)
	defer p.stop()
	run, err = b.generate(p, w)
	if err != nil {
		return run, fmt.Errorf("%s, %s: %w", s.name, w.name, err)
	}
	return run, nil
}

func (b *bench) generate(p *process, w workload) (outcome.Run, error) {
	ctx, cancel := context.WithTimeout(context.Background(), b.warmup+b.window+loadLimit)
	defer cancel()
	args := append([]string{"-addr", p.addr, "-pid", strconv.Itoa(p.cmd.Process.Pid),
		"-duration", b.window.String(), "-warmup", b.warmup.String()}, w.load...)
	cmd := exec.CommandContext(ctx, b.load, args...)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	var run outcome.Run
	if err := b.ground.start(cmd, &b.ground.load); err != nil {
		return run, err
	}
	if err := cmd.Wait(); err != nil {
		return run, fmt.Errorf("%w: %s", err, complaint.Bytes())
	}
	return run, json.Unmarshal(out.Bytes(), &run)
}
