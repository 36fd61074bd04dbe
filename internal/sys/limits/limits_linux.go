//go:build linux

package limits

import (
	"math"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Read asks getrlimit(2), uname(2) and the files under /proc/sys, see
// sysctl(8). What cannot be had stays Unknown.
func Read() Limits {
	l := unknown()
	l.Kernel = kernel()
	l.OpenFiles, l.OpenFilesMax = limit(unix.RLIMIT_NOFILE)
	l.LockedBytes, l.LockedBytesMax = limit(unix.RLIMIT_MEMLOCK)
	l.Backlog = number(words("net/core/somaxconn"), 0)
	ports := words("net/ipv4/ip_local_port_range")
	l.FirstPort, l.LastPort = number(ports, 0), number(ports, 1)
	l.IOUringDisabled = number(words("kernel/io_uring_disabled"), 0)
	return l
}

// RaiseOpenFiles raises this process's descriptors to the most it may have,
// and returns how many that is.
func RaiseOpenFiles() (int64, error) {
	var r unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &r); err != nil {
		return Unknown, os.NewSyscallError("getrlimit", err)
	}
	if r.Cur < r.Max {
		r.Cur = r.Max
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &r); err != nil {
			return Unknown, os.NewSyscallError("setrlimit", err)
		}
	}
	return clamp(r.Cur), nil
}

func limit(resource int) (now, most int64) {
	var r unix.Rlimit
	if unix.Getrlimit(resource, &r) != nil {
		return Unknown, Unknown
	}
	return clamp(r.Cur), clamp(r.Max)
}

// clamp turns RLIM_INFINITY, which is the largest number, into Unlimited.
func clamp(n uint64) int64 { return int64(min(n, math.MaxInt64)) }

func kernel() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Sysname[:]) + " " + unix.ByteSliceToString(u.Release[:])
}

// words are the fields of a file under /proc/sys, none if it is not there.
func words(name string) []string {
	text, err := os.ReadFile("/proc/sys/" + name)
	if err != nil {
		return nil
	}
	return strings.Fields(string(text))
}

func number(words []string, i int) int64 {
	if i >= len(words) {
		return Unknown
	}
	n, err := strconv.ParseInt(words[i], 10, 64)
	if err != nil {
		return Unknown
	}
	return n
}
