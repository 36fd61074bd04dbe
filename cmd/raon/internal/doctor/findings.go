package doctor

import (
	"fmt"
	"io"

	"github.com/raon-engine/raon/internal/sys/limits"
)

// What a machine should allow: raon serve's default of 20,000 sessions, with
// the engine's default backlog, and as many bots to one address.
const (
	wantFiles   = 20_000 + 64
	wantBacklog = 1024
	wantPorts   = 20_000
	wantLocked  = 8 << 20 // the kernel's own default since Linux 5.16

	askFiles = 1 << 20 // what the commands ask for
)

// finding is one line of the limits, with its remedy when there is something
// to mend.
type finding struct {
	name  string
	value string
	mend  string // empty: it is well
}

func (f finding) print(w io.Writer) {
	if f.mend == "" {
		fmt.Fprintf(w, "  OK    %-18s%s\n", f.name, f.value)
		return
	}
	fmt.Fprintf(w, "  WARN  %-18s%s\n%26smend: %s\n", f.name, f.value, "", f.mend)
}

// findings are the limits that this system tells.
func (m *machine) findings() []finding {
	checks := []func(*machine) (finding, bool){openFiles, ports, backlog, locked, ioUring, quota}
	var found []finding
	for _, check := range checks {
		if f, known := check(m); known {
			found = append(found, f)
		}
	}
	if len(found) == 0 {
		found = append(found, finding{name: "none", value: "this system does not tell its limits"})
	}
	return found
}

func openFiles(m *machine) (finding, bool) {
	now, most := m.limits.OpenFiles, m.limits.OpenFilesMax
	f := finding{name: "open files", value: fmt.Sprintf("%s, at most %s", count(now), count(most))}
	raise := m.asRoot(fmt.Sprintf("prlimit --pid $$ --nofile=%d:%d", askFiles, askFiles))
	switch {
	case now >= wantFiles:
	case most >= wantFiles:
		f.mend = fmt.Sprintf("ulimit -n %s", count(most))
	case m.container != "":
		f.mend = fmt.Sprintf("docker run --ulimit nofile=%d:%d ... (or inside, where it is permitted: %s)", askFiles, askFiles, raise)
	default:
		f.mend = fmt.Sprintf("%s (for good: LimitNOFILE=%d in the systemd unit)", raise, askFiles)
	}
	if f.mend != "" {
		f.value += fmt.Sprintf("; 20000 sessions need %d", wantFiles)
	}
	return f, now != limits.Unknown
}

func ports(m *machine) (finding, bool) {
	first, last := m.limits.FirstPort, m.limits.LastPort
	n := last - first + 1
	f := finding{name: "local ports", value: fmt.Sprintf("%d to %d, %d for connections to one address", first, last, n)}
	if n < wantPorts {
		f.mend = m.asRoot(`sysctl -w net.ipv4.ip_local_port_range="10240 65535"`)
	}
	return f, first != limits.Unknown && last != limits.Unknown
}

func backlog(m *machine) (finding, bool) {
	n := m.limits.Backlog
	f := finding{name: "backlog", value: fmt.Sprintf("somaxconn %d", n)}
	if n < wantBacklog {
		f.value += fmt.Sprintf("; a listener asks for %d", wantBacklog)
		f.mend = m.asRoot("sysctl -w net.core.somaxconn=4096")
	}
	return f, n != limits.Unknown
}

func locked(m *machine) (finding, bool) {
	n := m.limits.LockedBytes
	f := finding{name: "locked memory", value: fmt.Sprintf("%s bytes, at most %s", count(n), count(m.limits.LockedBytesMax))}
	if n < wantLocked {
		f.value += "; io_uring may pin less than the kernel's default of 8 MiB"
		f.mend = m.asRoot(fmt.Sprintf("prlimit --pid $$ --memlock=%d:%d", wantLocked, wantLocked))
	}
	return f, n != limits.Unknown
}

func ioUring(m *machine) (finding, bool) {
	n := m.limits.IOUringDisabled
	f := finding{name: "io_uring", value: "allowed by the kernel"}
	if n == 2 || n == 1 && !m.root {
		f.value = fmt.Sprintf("kernel.io_uring_disabled is %d", n)
		f.mend = m.asRoot("sysctl -w kernel.io_uring_disabled=0")
	}
	return f, n != limits.Unknown
}

// quota tells a processor quota apart from a small machine: workers follow it.
func quota(m *machine) (finding, bool) {
	f := finding{name: "processors", value: fmt.Sprintf("%d of %d usable; that many workers by default", m.usable, m.processors)}
	if m.usable < m.processors && m.container != "" {
		f.mend = fmt.Sprintf("docker run --cpus=%d ...", m.processors)
	}
	return f, m.usable < m.processors
}

// asRoot is command as this user has to type it.
func (m *machine) asRoot(command string) string {
	if m.root {
		return command
	}
	return "sudo " + command
}

func count(n int64) string {
	switch n {
	case limits.Unknown:
		return "unknown"
	case limits.Unlimited:
		return "unlimited"
	}
	return fmt.Sprint(n)
}
