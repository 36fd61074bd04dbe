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
