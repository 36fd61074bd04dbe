package doctor

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/raon-engine/raon/internal/leak"
	"github.com/raon-engine/raon/internal/sys/limits"
)

func TestMain(m *testing.M) { leak.Main(m) }

// healthy is a machine with nothing to mend.
func healthy() machine {
	return machine{
		system: "linux/amd64", goVersion: "go1.26", processors: 8, usable: 8,
		drivers: []candidate{{"uring", true, "", true}, {"epoll", true, "", true}, {"sim", true, "", false}},
		limits: limits.Limits{
			Kernel: "Linux 6.18.0", OpenFiles: wantFiles, OpenFilesMax: limits.Unlimited,
			LockedBytes: wantLocked, LockedBytesMax: limits.Unlimited, Backlog: 4096,
			FirstPort: 32768, LastPort: 60999, IOUringDisabled: 0,
		},
	}
}

func printed(m machine) string {
	var b strings.Builder
	m.print(&b)
	return b.String()
}

func TestHealthyMachineHasNoWarning(t *testing.T) {
	got := printed(healthy())
	for _, want := range []string{
		"Linux 6.18.0, linux/amd64, go1.26", "8 processors, 8 usable",
		"uring   works  auto takes this one", "epoll   works", "sim     works  in memory",
		"OK    open files        20064, at most unlimited",
		"OK    local ports       32768 to 60999, 28232 for connections to one address",
		"OK    backlog           somaxconn 4096", "OK    locked memory", "OK    io_uring",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "WARN") || strings.Contains(got, "mend") || strings.Contains(got, "RAON_DRIVER") {
		t.Errorf("warns:\n%s", got)
	}
}

func TestEachLimitThatBitesHasItsRemedy(t *testing.T) {
	cases := []struct {
		name   string
		change func(*machine)
		want   string
	}{
		{"soft limit", func(m *machine) { m.limits.OpenFiles, m.limits.OpenFilesMax = 1024, 30000 }, "mend: ulimit -n 30000"},
		{"hard limit", func(m *machine) { m.limits.OpenFiles, m.limits.OpenFilesMax = 4096, 4096 }, "mend: sudo prlimit --pid $$ --nofile=1048576:1048576"},
		{"hard limit, root", func(m *machine) { m.limits.OpenFiles, m.limits.OpenFilesMax, m.root = 4096, 4096, true }, "mend: prlimit --pid $$ --nofile"},
		{"hard limit, container", func(m *machine) { m.limits.OpenFiles, m.limits.OpenFilesMax, m.container = 4096, 4096, "docker" }, "mend: docker run --ulimit nofile=1048576:1048576"},
		{"ports", func(m *machine) { m.limits.FirstPort = 60000 }, "mend: sudo sysctl -w net.ipv4.ip_local_port_range="},
		{"backlog", func(m *machine) { m.limits.Backlog = 128 }, "mend: sudo sysctl -w net.core.somaxconn=4096"},
		{"locked memory", func(m *machine) { m.limits.LockedBytes = 65536 }, "mend: sudo prlimit --pid $$ --memlock="},
		{"io_uring off", func(m *machine) { m.limits.IOUringDisabled, m.root = 2, true }, "mend: sysctl -w kernel.io_uring_disabled=0"},
		{"io_uring for root", func(m *machine) { m.limits.IOUringDisabled = 1 }, "mend: sudo sysctl -w kernel.io_uring_disabled=0"},
		{"quota", func(m *machine) { m.usable, m.container = 2, "podman" }, "mend: docker run --cpus=8"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := healthy()
			c.change(&m)
			got := printed(m)
			if !strings.Contains(got, c.want) || strings.Count(got, "WARN") != 1 {
				t.Errorf("want %q as the only warning:\n%s", c.want, got)
			}
		})
	}
}

func TestRootMayUseRestrictedIOUring(t *testing.T) {
	m := healthy()
	m.limits.IOUringDisabled, m.root = 1, true
	if got := printed(m); strings.Contains(got, "WARN") {
		t.Errorf("warns:\n%s", got)
	}
}

func TestUnknownLimitsAreLeftOut(t *testing.T) {
	m := healthy()
	m.limits = limits.Limits{
		OpenFiles: limits.Unknown, OpenFilesMax: limits.Unknown, LockedBytes: limits.Unknown, LockedBytesMax: limits.Unknown,
		Backlog: limits.Unknown, FirstPort: limits.Unknown, LastPort: limits.Unknown, IOUringDisabled: limits.Unknown,
	}
	got := printed(m)
	if strings.Contains(got, "WARN") || !strings.Contains(got, "does not tell its limits") || !strings.Contains(got, "kernel unknown") {
		t.Errorf("report:\n%s", got)
	}
}

func TestDriversWithReasonAndChoice(t *testing.T) {
	m := healthy()
	m.drivers[0] = candidate{"uring", false, "io_uring_setup: operation not permitted", true}
	m.choice = "epoll"
	got := printed(m)
	for _, want := range []string{
		"uring   no     io_uring_setup: operation not permitted",
		"epoll   works  auto takes this one", "RAON_DRIVER=epoll is set",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q:\n%s", want, got)
		}
	}
	m.drivers[1].works = false
	if m.best() != "" {
		t.Errorf("best %q where only the simulation works", m.best())
	}
}

func TestContainerHints(t *testing.T) {
	cases := []struct {
		name, env, want string
		files           map[string]string
	}{
		{name: "none", want: ""},
		{name: "kubernetes", env: "10.0.0.1", want: "kubernetes"},
		{name: "docker", files: map[string]string{"/.dockerenv": ""}, want: "docker"},
		{name: "podman", files: map[string]string{"/run/.containerenv": "x"}, want: "podman"},
		{name: "lxc", files: map[string]string{"/proc/1/environ": "A=b\x00container=lxc\x00"}, want: "lxc"},
		{name: "plain init", files: map[string]string{"/proc/1/environ": "A=b\x00mycontainer=x\x00"}, want: ""},
	}
	for _, c := range cases {
		getenv := func(string) string { return c.env }
		readFile := func(path string) ([]byte, error) {
			if text, ok := c.files[path]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		}
		if got := container(getenv, readFile); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
