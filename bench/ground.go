//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

const congestionFile = "/proc/sys/net/ipv4/tcp_congestion_control"

// ground is where the runs take place. It belongs to one locked thread, whose
// children inherit it.
type ground struct {
	Network string `json:"network"`
	Cores   string `json:"cores"`
	Nice    int    `json:"nice"`
	home    unix.CPUSet
	server  unix.CPUSet
	load    unix.CPUSet
}

// settle moves the calling thread into a network namespace of its own with
// reno: pacing, as of BBR, disturbs loopback. Without the right to do so it
// stays on the host's loopback. The caller has locked the thread.
func settle(niceness int) (*ground, error) {
	g := &ground{Network: "a network namespace of its own", Nice: niceness}
	if err := ownNetwork(); err != nil {
		g.Network = fmt.Sprintf("the host's loopback (%v)", err)
	}
	p, err := os.ReadFile(congestionFile)
	if err != nil {
		return nil, err
	}
	g.Network += ", " + strings.TrimSpace(string(p))
	return g, g.divide()
}

func ownNetwork() error {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("unshare: %w", err)
	}
	if err := loopbackUp(); err != nil {
		return fmt.Errorf("loopback: %w", err)
	}
	return os.WriteFile(congestionFile, []byte("reno"), 0o644)
}

func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request)
}

// divide gives the server the first core and the generator the second.
func (g *ground) divide() error {
	if err := unix.SchedGetaffinity(0, &g.home); err != nil {
		return err
	}
	var cores []int
	for core := range 1024 {
		if g.home.IsSet(core) {
			cores = append(cores, core)
		}
	}
	if len(cores) < 2 {
		g.Cores = "one core for both, nothing pinned"
		g.server, g.load = g.home, g.home
		return nil
	}
	g.server.Set(cores[0])
	g.load.Set(cores[1])
	g.Cores = fmt.Sprintf("server on core %d, generator on core %d", cores[0], cores[1])
	return nil
}

// start runs a child on the given cores, in a session of its own, that does not
// outlive this program.
func (g *ground) start(cmd *exec.Cmd, cores *unix.CPUSet) error {
	if err := unix.SchedSetaffinity(0, cores); err != nil {
		return err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setsid: true}
	err := cmd.Start()
	if back := unix.SchedSetaffinity(0, &g.home); err == nil {
		err = back
	}
	if err == nil && g.Nice != 0 {
		err = favour(cmd.Process.Pid, g.Nice)
	}
	return err
}

// favour gives a child a niceness, and its session too: where the scheduler
// groups by session, see sched(7), that of a thread counts within it only.
func favour(pid, niceness int) error {
	if err := unix.Setpriority(unix.PRIO_PGRP, pid, niceness); err != nil {
		return fmt.Errorf("niceness %d: %w", niceness, err)
	}
	err := os.WriteFile(fmt.Sprintf("/proc/%d/autogroup", pid), []byte(strconv.Itoa(niceness)), 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil // this kernel does not group
	}
	return err
}
