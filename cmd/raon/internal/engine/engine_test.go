package engine

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/raon-engine/raon/internal/leak"
	"github.com/raon-engine/raon/internal/sys/limits"
)

func TestMain(m *testing.M) { leak.Main(m) }

func TestFlagsFaults(t *testing.T) {
	cases := []struct{ args, want string }{
		{"--workers=-1", "--workers -1: want 0 to 1024"},
		{"--workers=1025", "--workers 1025: want 0 to 1024"},
		{"--workers=two", "invalid argument"},
		{"--driver=", "--driver: want auto"},
		{"--log-level=loud", "invalid argument"},
		{"", ""},
		{"--workers=1 --driver=epoll --log-level=debug", ""},
	}
	for _, c := range cases {
		var f Flags
		set := pflag.NewFlagSet("test", pflag.ContinueOnError)
		f.Add(set)
		err := set.Parse(strings.Fields(c.args))
		if err == nil {
			err = f.Validate()
		}
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.args, err, c.want)
		}
	}
}

func TestLoggerKeepsTheLevel(t *testing.T) {
	var out bytes.Buffer
	f := Flags{LogLevel: slog.LevelWarn}
	f.Logger(&out).Info("quiet")
	f.Logger(&out).Warn("loud")
	if got := out.String(); strings.Contains(got, "quiet") || !strings.Contains(got, "loud") {
		t.Errorf("logged %q", got)
	}
}

func TestStartTellsAnUnknownDriver(t *testing.T) {
	f := Flags{Driver: "pigeon"}
	_, err := f.Start(slog.New(slog.DiscardHandler), 0)
	if err == nil || !strings.Contains(err.Error(), "pigeon") {
		t.Errorf("error %v", err)
	}
}

func TestModeIsAFlag(t *testing.T) {
	var m Mode
	for _, want := range []Mode{Echo, Room} {
		if err := m.Set(string(want)); err != nil || m != want || m.String() != string(want) {
			t.Errorf("%q: %v, %v", want, m, err)
		}
	}
	if err := m.Set("chat"); err == nil || m != Room {
		t.Errorf("chat: %v, %v", m, err)
	}
}

func TestFilesWarning(t *testing.T) {
	cases := []struct {
		most, sessions int64
		warns          bool
	}{
		{20000, 20000, true},
		{20063, 20000, true},
		{20064, 20000, false},
		{limits.Unlimited, 1 << 20, false},
		{limits.Unknown, 1 << 20, false},
	}
	for _, c := range cases {
		if got := filesWarning(c.most, c.sessions); (got != "") != c.warns {
			t.Errorf("limit %d, %d sessions: %q", c.most, c.sessions, got)
		}
	}
}
