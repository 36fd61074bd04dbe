package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/raon-engine/raon/cmd/raon/internal/engine"
	"github.com/raon-engine/raon/internal/driver"
)

// realDrivers are the drivers that work here and reach other processes.
func realDrivers(t *testing.T) (names []string) {
	t.Helper()
	for _, p := range driver.Probe() {
		if p.Works && p.Name != engine.Simulation {
			names = append(names, p.Name)
		}
	}
	if len(names) == 0 {
		t.Fatal("no driver works here")
	}
	return names
}

// onEachDriver runs a test with the flag that chooses each driver that works.
func onEachDriver(t *testing.T, test func(t *testing.T, driver string)) {
	for _, name := range realDrivers(t) {
		t.Run(name, func(t *testing.T) { test(t, "--driver="+name) })
	}
}

// hasUnix tells whether the driver of the flag has unix domain sockets.
func hasUnix(t *testing.T, flag string) bool {
	t.Helper()
	choice, err := driver.Select(strings.TrimPrefix(flag, "--driver="), "")
	if err != nil {
		t.Fatal(err)
	}
	return choice.Driver.Caps().Unix
}

// wantVerified fails t unless the bots verified everything.
func wantVerified(t *testing.T, o outcome, alsoSays ...string) {
	t.Helper()
	if o.code != 0 || o.stderr != "" {
		t.Errorf("exit code %d, stderr %q", o.code, o.stderr)
	}
	for _, want := range append(alsoSays, "raon bots: ok, all", "p50", "p99.9", "frames/s") {
		if !strings.Contains(o.stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, o.stdout)
		}
	}
}

func TestEcho(t *testing.T) {
	onEachDriver(t, func(t *testing.T, driver string) {
		s := serve(t, driver, "--listen=tcp://127.0.0.1:0", "--workers=2")
		for _, load := range []string{
			"--depth=1 --payload=64", "--depth=16 --payload=64", "--depth=2 --payload=24",
			"--depth=4 --payload=20000", "--depth=3 --payload=65531 --sessions=5",
		} {
			args := append([]string{"bots", driver, "--connect=" + s.addr, "--sessions=50", "--duration=300ms"}, strings.Fields(load)...)
			wantVerified(t, command(args...), "closed loop", "not corrected")
		}
	})
}

func TestEchoOpenLoop(t *testing.T) {
	onEachDriver(t, func(t *testing.T, driver string) {
		s := serve(t, driver, "--listen=tcp://127.0.0.1:0", "--workers=1")
		got := command("bots", driver, "--connect="+s.addr, "--sessions=20", "--rate=100", "--duration=500ms")
		wantVerified(t, got, "open loop, 100 frames/s", "corrected for coordinated omission")
	})
}

func TestRoom(t *testing.T) {
	onEachDriver(t, func(t *testing.T, driver string) {
		s := serve(t, driver, "--listen=tcp://127.0.0.1:0", "--workers=2", "--mode=room")
		for _, load := range []string{"", "--rate=50 --senders=7", "--depth=4 --payload=1000 --senders=3", "--payload=60000", "--sessions=1"} {
			args := append([]string{"bots", driver, "--connect=" + s.addr, "--mode=room", "--sessions=60", "--duration=300ms"}, strings.Fields(load)...)
			wantVerified(t, command(args...), "senders")
		}
	})
}

func TestUnixSocket(t *testing.T) {
	onEachDriver(t, func(t *testing.T, driver string) {
		if !hasUnix(t, driver) {
			got := command("serve", driver, "--listen="+socketPath(t))
			got.wantOneLine(t, "not supported")
			return
		}
		path := socketPath(t)
		s := serve(t, driver, "--listen="+path, "--listen=tcp://127.0.0.1:0")
		if s.addr != path {
			t.Errorf("ready on %s, want %s first", s.addr, path)
		}
		wantVerified(t, command("bots", driver, "--connect="+path, "--sessions=20", "--duration=200ms"))
		s.end(t)
		if _, err := os.Stat(strings.TrimPrefix(path, "unix://")); !os.IsNotExist(err) {
			t.Errorf("the socket's path is left behind: %v", err)
		}
	})
}

func TestReadyLineAndSummary(t *testing.T) {
	name := realDrivers(t)[0]
	s := serve(t, "--driver="+name, "--listen=tcp://127.0.0.1:0", "--workers=2", "--mode=room", quiet)
	line := s.stdout.await(t, "ready")
	want := fmt.Sprintf("raon serve: ready on %s (driver %s, 2 workers, mode room, max 2000 sessions)", s.addr, name)
	if line != want {
		t.Errorf("%q, want %q", line, want)
	}
	if strings.HasSuffix(s.addr, ":0") {
		t.Errorf("address %s lacks the real port", s.addr)
	}
	wantVerified(t, command("bots", "--connect="+s.addr, "--mode=room", "--sessions=5", "--duration=100ms"))
	s.end(t)
	summary := s.stdout.await(t, "stopped after")
	if !strings.Contains(summary, "5 sessions") || strings.Contains(summary, " 0 frames in") {
		t.Errorf("summary %q", summary)
	}
	if got := s.stderr.String(); got != "" {
		t.Errorf("stderr %q, want nothing", got)
	}
}

func TestStatsWhileRunning(t *testing.T) {
	s := serve(t, "--listen=tcp://127.0.0.1:0", "--stats=20ms")
	for _, want := range []string{"raon serve: 0 sessions, in 0 frames/s", "accepted 0, ended 0, dropped 0"} {
		s.stdout.await(t, want)
	}
}

func TestServeSaysThatTheSimulationReachesNobody(t *testing.T) {
	s := serve(t, "--driver="+engine.Simulation, "--workers=1")
	s.end(t)
	if got := s.stderr.String(); !strings.Contains(got, "nobody outside this process can connect") {
		t.Errorf("logged %q", got)
	}
}
