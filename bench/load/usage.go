//go:build linux

package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

const ticksPerSecond = 100 // USER_HZ, see proc_stat(5)

// usage is CPU time in seconds: the server's process, this process, and all
// that ran on the machine.
type usage struct{ seconds, server, self, machine float64 }

func (u usage) since(v usage) usage {
	return usage{u.seconds - v.seconds, u.server - v.server, u.self - v.self, u.machine - v.machine}
}

func readUsage(nowNs int64, pid int) (usage, error) {
	u := usage{seconds: float64(nowNs) / 1e9}
	var err error
	if u.self, err = clockSeconds(unix.CLOCK_PROCESS_CPUTIME_ID); err != nil {
		return u, err
	}
	if pid != 0 {
		if u.server, err = clockSeconds(processClock(pid)); err != nil {
			return u, err
		}
	}
	u.machine, err = machineSeconds()
	return u, err
}

// processClock is clock_getcpuclockid(3): user and system time of all threads
// of a process, those that ended too, in nanoseconds.
func processClock(pid int) int32 { return int32(^pid<<3 | 2) }

func clockSeconds(clock int32) (float64, error) {
	var ts unix.Timespec
	if err := unix.ClockGettime(clock, &ts); err != nil {
		return 0, fmt.Errorf("CPU clock: %w", err)
	}
	return float64(ts.Nano()) / 1e9, nil
}

// machineSeconds is the time in which any core was not idle, a hypervisor's
// share included.
func machineSeconds() (float64, error) {
	p, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(p), "\n")
	fields := strings.Fields(line) // cpu user nice system idle iowait irq softirq steal guest...
	if len(fields) < 9 {
		return 0, fmt.Errorf("/proc/stat: %q", line)
	}
	var ticks uint64
	for _, i := range []int{1, 2, 3, 6, 7, 8} {
		n, err := strconv.ParseUint(fields[i], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc/stat: %w", err)
		}
		ticks += n
	}
	return float64(ticks) / ticksPerSecond, nil
}

// residentBytes counts the pages themselves: the counter in statm is off by up
// to 64 pages for each core, see proc_pid_statm(5).
func residentBytes(pid int) (uint64, error) {
	if pid == 0 {
		return 0, nil
	}
	p, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(p)) {
		if rest, ok := strings.CutPrefix(line, "Rss:"); ok {
			kib, err := strconv.ParseUint(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kib << 10, err
		}
	}
	return 0, fmt.Errorf("no Rss in smaps_rollup of %d", pid)
}
