package bots

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// parsed are the options of a command line.
func parsed(t *testing.T, args ...string) (*Options, error) {
	t.Helper()
	var o Options
	set := pflag.NewFlagSet("bots", pflag.ContinueOnError)
	o.add(set)
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	return &o, o.Validate()
}

func TestOptionsDefaults(t *testing.T) {
	o, err := parsed(t)
	if err != nil {
		t.Fatal(err)
	}
	if o.Senders != o.Sessions || o.heard() != 1 || o.receivers() != 1 {
		t.Errorf("echo: %d of %d send, %d heard, %d receive", o.Senders, o.Sessions, o.heard(), o.receivers())
	}
	if o, err = parsed(t, "--mode=room", "--sessions=1000"); err != nil {
		t.Fatal(err)
	}
	if o.Senders != mostSenders || o.heard() != mostSenders || o.receivers() != 1000 {
		t.Errorf("room: %d send, %d heard, %d receive", o.Senders, o.heard(), o.receivers())
	}
	if o, err = parsed(t, "--mode=room", "--sessions=5"); err != nil || o.Senders != 5 {
		t.Errorf("small room: %d send, %v", o.Senders, err)
	}
	if o, err = parsed(t, "--mode=room", "--payload=60000", "--depth=2"); err != nil || o.Senders != 4 {
		t.Errorf("large frames: %d send, %v", o.Senders, err)
	}
}

func TestOptionsFaults(t *testing.T) {
	cases := []struct{ args, want string }{
		{"--connect=udp://1.2.3.4:5", "--connect: address"},
		{"--connect=localhost:7777", "--connect: address"},
		{"--sessions=0", "--sessions 0: want 1 to"},
		{"--mode=chat", "want echo or room"},
		{"--senders=3", "--senders is for --mode room"},
		{"--mode=room --sessions=4 --senders=5", "--senders 5: want 1 to 4"},
		{"--mode=room --sessions=1000000 --senders=1000", "--senders 1000: with 1000000 sessions at most 16"},
		{"--rate=-1", "--rate -1: want 0 to"},
		{"--rate=NaN", "--rate NaN: want 0 to"},
		{"--depth=0", "--depth 0: want 1 to"},
		{"--payload=23", "--payload 23: want 24 to 65531"},
		{"--payload=65532", "--payload 65532: want 24 to 65531"},
		{"--duration=0s", "--duration 0s: want more than 0"},
		{"--duration=10", "invalid argument"},
		{"--connect-timeout=-1s", "--connect-timeout -1s: want more than 0"},
		{"--settle-timeout=0", "--settle-timeout 0s: want more than 0"},
		{"--workers=-1", "--workers -1: want 0 to"},
		{"--driver=", "--driver: want auto"},
		{"--log-level=loud", "invalid argument"},
	}
	for _, c := range cases {
		t.Run(c.args, func(t *testing.T) {
			_, err := parsed(t, strings.Fields(c.args)...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestOptionsReportAllFaultsAtOnce(t *testing.T) {
	_, err := parsed(t, "--sessions=-1", "--depth=0", "--payload=1")
	for _, flag := range []string{"--sessions", "--depth", "--payload"} {
		if err == nil || !strings.Contains(err.Error(), flag) {
			t.Errorf("%v lacks %s", err, flag)
		}
	}
}
