package serve

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func parsed(args ...string) (*Options, error) {
	var o Options
	set := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	o.add(set)
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	return &o, o.Validate()
}

func TestOptionsDefaults(t *testing.T) {
	o, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	addrs, err := o.addrs()
	if err != nil || len(addrs) != 1 || addrs[0].String() != defaultListen {
		t.Errorf("listens on %v, %v", addrs, err)
	}
}

func TestOptionsListenRepeats(t *testing.T) {
	o, err := parsed("--listen=tcp://127.0.0.1:1", "--listen", "unix:///tmp/x")
	if err != nil {
		t.Fatal(err)
	}
	addrs, _ := o.addrs()
	if len(addrs) != 2 || addrs[1].Path != "/tmp/x" {
		t.Errorf("listens on %v", addrs)
	}
}

func TestOptionsNetworks(t *testing.T) {
	o, err := parsed("--allow=10.1.2.3/8", "--allow", "::1", "--deny=10.0.0.7")
	if err != nil {
		t.Fatal(err)
	}
	if allow, deny := o.Allow.String(), o.Deny.String(); allow != "10.0.0.0/8,::1/128" || deny != "10.0.0.7/32" {
		t.Errorf("allows %s, denies %s", allow, deny)
	}
}

func TestOptionsFaults(t *testing.T) {
	cases := []struct{ args, want string }{
		{"--listen=:x", `--listen: address ":x"`},
		{"--listen=", "--listen: address"},
		{"--listen=http://127.0.0.1:80", "--listen: address"},
		{"--mode=both", "want echo or room"},
		{"--max-sessions=0", "--max-sessions 0: want 1 to"},
		{"--max-frame=3", "--max-frame 3: want 4 to 65535"},
		{"--max-frame=65536", "--max-frame 65536: want 4 to 65535"},
		{"--max-frame=100 --queue-bytes=199", "--queue-bytes 199: want 200 to"},
		{"--drain-timeout=0s", "--drain-timeout 0s: want more than 0"},
		{"--stats=-1s", "--stats -1s: want 0 or more"},
		{"--idle-timeout=5us", "--idle-timeout 5µs: want at least 1ms"},
		{"--max-per-address=-1", "--max-per-address -1: want 0 to"},
		{"--accept-rate=-1", "--accept-rate -1: want 0 to"},
		{"--allow=10.0.0.0/99", "want a network such as"},
		{"--deny=everybody", "want a network such as"},
		{"--proxy-from=", "want a network such as"},
		{"--workers=-2", "--workers -2"},
	}
	for _, c := range cases {
		t.Run(c.args, func(t *testing.T) {
			_, err := parsed(strings.Fields(c.args)...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
