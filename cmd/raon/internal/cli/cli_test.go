package cli

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

func TestOneLine(t *testing.T) {
	err := errors.Join(errors.New("first"), fmt.Errorf("second\r\nthird"), errors.New("fourth"))
	if got, want := oneLine(err), "first; second; third; fourth"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestVersion(t *testing.T) {
	here := runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
	setting := func(key, value string) debug.BuildSetting { return debug.BuildSetting{Key: key, Value: value} }
	revision := setting("vcs.revision", "0123456789abcdef0123")
	cases := []struct {
		info *debug.BuildInfo
		want string
	}{
		{nil, "raon (unknown) " + here},
		{&debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}, "raon v1.2.3 " + here},
		{
			&debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: []debug.BuildSetting{revision}},
			"raon (devel) 0123456789ab " + here,
		},
		{
			&debug.BuildInfo{Settings: []debug.BuildSetting{setting("vcs.modified", "true"), revision}},
			"raon (unknown) 0123456789ab+changes " + here,
		},
	}
	for _, c := range cases {
		if got := version(c.info); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
