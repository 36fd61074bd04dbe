package doctor

import "strings"

// markers are files that container runtimes leave at the root of what they run.
var markers = []struct{ path, runtime string }{
	{"/.dockerenv", "docker"},
	{"/run/.containerenv", "podman"},
}

// container names what runs this process in a container, "" outside of one. It
// only gathers hints, and asks the environment and files through its arguments.
func container(getenv func(string) string, readFile func(string) ([]byte, error)) string {
	if getenv("KUBERNETES_SERVICE_HOST") != "" {
		return "kubernetes"
	}
	for _, m := range markers {
		if _, err := readFile(m.path); err == nil {
			return m.runtime
		}
	}
	// Set for the first process by systemd-nspawn, lxc and others.
	environ, err := readFile("/proc/1/environ")
	if err != nil {
		return ""
	}
	for _, variable := range strings.Split(string(environ), "\x00") {
		if name, ok := strings.CutPrefix(variable, "container="); ok {
			return name
		}
	}
	return ""
}
