package doctor

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/raon-engine/raon/internal/sys/limits"
)

// machine is all that the report says, gathered first so that a test can make
// one up.
type machine struct {
	system     string // "linux/amd64"
	goVersion  string
	processors int
	usable     int // what Go may use: less under a processor quota or mask
	root       bool
	container  string // what runs this process; empty outside containers
	choice     string // RAON_DRIVER; empty when not set
	drivers    []candidate
	limits     limits.Limits
}

// candidate is one driver of this system, the best first.
type candidate struct {
	name  string
	works bool
	why   string
	real  bool // reaches other processes
}

// examine looks at the machine that this process runs on.
func examine() machine {
	return machine{
		system:     runtime.GOOS + "/" + runtime.GOARCH,
		goVersion:  runtime.Version(),
		processors: runtime.NumCPU(),
		usable:     runtime.GOMAXPROCS(0),
		root:       os.Geteuid() == 0,
		container:  container(os.Getenv, os.ReadFile),
		choice:     os.Getenv("RAON_DRIVER"),
		drivers:    candidates(),
		limits:     limits.Read(),
	}
}

// best is the driver that auto takes, "" when none works.
func (m *machine) best() string {
	for _, d := range m.drivers {
		if d.works && d.real {
			return d.name
		}
	}
	return ""
}

// print writes the report.
func (m *machine) print(w io.Writer) {
	fmt.Fprintln(w, "system")
	kernel := m.limits.Kernel
	if kernel == "" {
		kernel = "kernel unknown"
	}
	fmt.Fprintf(w, "  %s, %s, %s\n", kernel, m.system, m.goVersion)
	fmt.Fprintf(w, "  %d processors, %d usable\n", m.processors, m.usable)
	if m.container != "" {
		fmt.Fprintf(w, "  in a container: %s\n", m.container)
	}
	fmt.Fprintln(w, "drivers")
	m.printDrivers(w)
	fmt.Fprintln(w, "limits")
	for _, f := range m.findings() {
		f.print(w)
	}
}

func (m *machine) printDrivers(w io.Writer) {
	best := m.best()
	for _, d := range m.drivers {
		verdict := "no"
		if d.works {
			verdict = "works"
		}
		note := d.why
		if d.name == best {
			note = "auto takes this one"
		}
		if !d.real {
			note = "in memory, for tests; auto never takes it"
		}
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("  %-8s%-7s%s", d.name, verdict, note), " "))
	}
	if m.choice != "" {
		fmt.Fprintf(w, "  RAON_DRIVER=%s is set and replaces the choice of auto\n", m.choice)
	}
}
