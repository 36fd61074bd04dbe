package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestBadFlagsAreOneLine(t *testing.T) {
	cases := []struct{ args, want string }{
		{"serve --mode=both", `raon serve: invalid argument "both"`},
		{"serve --nonsense", "raon serve: unknown flag: --nonsense"},
		{"serve --max-frame=1 --max-sessions=0", "--max-sessions 0: want 1 to 1048576; --max-frame 1"},
		{"serve extra", "raon serve: unknown command"},
		{"serve --driver=pigeon", "pigeon"},
		{"bots --sessions=0", "raon bots: --sessions 0"},
		{"bots --driver=pigeon", "pigeon"},
		{"doctor --now", "raon doctor: unknown flag"},
		{"version 1", "raon version: unknown command"},
		{"fly", `raon: unknown command "fly"`},
	}
	for _, c := range cases {
		t.Run(c.args, func(t *testing.T) { command(strings.Fields(c.args)...).wantOneLine(t, c.want) })
	}
}

func TestHelpAndVersion(t *testing.T) {
	for args, want := range map[string]string{
		"":             "raon network engine",
		"serve --help": "--drain-timeout",
		"bots --help":  "--senders",
		"version":      "raon ",
	} {
		if got := command(strings.Fields(args)...); got.code != 0 || !strings.Contains(got.stdout, want) || got.stderr != "" {
			t.Errorf("raon %s: %+v, want %q", args, got, want)
		}
	}
}

func TestDoctorWorksHere(t *testing.T) {
	got := command("doctor")
	if got.code != 0 || got.stderr != "" {
		t.Errorf("exit code %d, stderr %q", got.code, got.stderr)
	}
	for _, want := range append(realDrivers(t), "system\n", "drivers\n", "limits\n", "auto takes this one") {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("lacks %q:\n%s", want, got.stdout)
		}
	}
}

func TestServeCannotListen(t *testing.T) {
	onEachDriver(t, func(t *testing.T, driver string) {
		taken := serve(t, driver, "--listen=tcp://127.0.0.1:0")
		type wrong struct{ listen, want string }
		cases := []wrong{
			{taken.addr, "address in use"},
			{"tcp://203.0.113.1:7777", "address not available"},
		}
		if hasUnix(t, driver) {
			takenPath := socketPath(t)
			serve(t, driver, "--listen="+takenPath)
			nowhere := "unix://" + filepath.Join(t.TempDir(), "no", "such", "dir")
			cases = append(cases, wrong{takenPath, "address in use"}, wrong{nowhere, nowhere})
		}
		for _, c := range cases {
			got := command("serve", driver, "--max-sessions=10", "--listen="+c.listen)
			got.wantOneLine(t, c.want)
			got.wantOneLine(t, c.listen)
		}
	})
}

func TestBotsCannotConnect(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close() // nobody listens there now
	onEachDriver(t, func(t *testing.T, driver string) {
		got := command("bots", driver, "--connect=tcp://"+addr, "--sessions=3")
		if got.code == 0 || strings.Count(got.stderr, "\n") != 1 ||
			!strings.Contains(got.stderr, "failed connects") || !strings.Contains(got.stderr, "refused") {
			t.Errorf("%+v, want one line about refused connects", got)
		}
	})
}

func TestBotsInTheWrongMode(t *testing.T) {
	echo := serve(t, "--listen=tcp://127.0.0.1:0")
	got := command("bots", "--connect="+echo.addr, "--mode=room", "--sessions=3", "--connect-timeout=300ms")
	if got.code != 1 || !strings.Contains(got.stderr, "2 sessions not in the room (first: no probe within 300ms; is the server in mode room?)") {
		t.Errorf("room bots on an echo server: %+v", got)
	}
	room := serve(t, "--listen=tcp://127.0.0.1:0", "--mode=room")
	got = command("bots", "--connect="+room.addr, "--sessions=3", "--duration=100ms")
	if got.code != 1 || !strings.Contains(got.stderr, "frames of others") {
		t.Errorf("echo bots in a room: %+v", got)
	}
}

func TestMalformedFramesEndOnlyTheirSession(t *testing.T) {
	onEachDriver(t, func(t *testing.T, driver string) {
		for _, mode := range []string{"echo", "room"} {
			s := serve(t, driver, "--listen=tcp://127.0.0.1:0", "--max-frame=100", "--mode="+mode)
			good := dial(t, s.addr)
			good.exchange(t, 50)
			for _, bad := range [][]byte{{3, 0, 1, 0}, {0, 0}, {101, 0, 1, 0}, {255, 255}} {
				peer := dial(t, s.addr)
				if mode == "echo" {
					peer.exchange(t, 1)
				}
				peer.send(t, bad)
				peer.wantEnd(t)
			}
			if mode == "echo" {
				good.exchange(t, 50)
			}
			good.close()
			s.end(t)
			summary := s.stdout.await(t, "stopped after")
			if !strings.Contains(summary, "packet-error 4") || !strings.Contains(summary, "5 sessions") {
				t.Errorf("summary %q, want 5 sessions, 4 ended by packet-error", summary)
			}
			if got := s.stderr.String(); strings.Count(got, "session kicked") != 4 || !strings.Contains(got, "frame size 101 is above the limit of 100 bytes") {
				t.Errorf("logged %q", got)
			}
		}
	})
}

func TestKicksAreLoggedAtALimitedRate(t *testing.T) {
	s := serve(t, "--listen=tcp://127.0.0.1:0")
	began := time.Now()
	for range 60 {
		peer := dial(t, s.addr)
		peer.send(t, []byte{1, 0})
		peer.wantEnd(t)
	}
	s.end(t)
	seconds := int(time.Since(began)/time.Second) + 2
	if got := strings.Count(s.stderr.String(), "session kicked"); got == 0 || got > 10*seconds {
		t.Errorf("%d lines about 60 kicks within %d seconds", got, seconds)
	}
	if summary := s.stdout.await(t, "stopped after"); !strings.Contains(summary, "packet-error 60") {
		t.Errorf("summary %q", summary)
	}
}

func TestServeSurvivesPathLeftBehind(t *testing.T) {
	if !hasUnix(t, realDrivers(t)[0]) {
		t.Skip("the driver has no unix domain sockets")
	}
	path := socketPath(t)
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: strings.TrimPrefix(path, "unix://"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	if _, err := os.Stat(strings.TrimPrefix(path, "unix://")); err != nil {
		t.Fatal(err)
	}
	s := serve(t, "--listen="+path)
	wantVerified(t, command("bots", "--connect="+s.addr, "--sessions=2", "--duration=50ms"))
}
