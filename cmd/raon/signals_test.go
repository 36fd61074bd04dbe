//go:build unix

package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

func (p *process) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

func TestTermDrainsInFlightFrames(t *testing.T) {
	drainsInFlightFrames(t, func(t *testing.T, p *process) { p.signal(t, syscall.SIGTERM) })
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	onEachDriver(t, func(t *testing.T, driver string) {
		p := spawn(t, driver, "--listen=tcp://127.0.0.1:0", "--drain-timeout=10m")
		stuck := dial(t, p.addr)
		fillUp(t, stuck.Conn)
		p.signal(t, os.Interrupt)
		await(t, "the listener to close", func() bool {
			c, err := net.Dial("tcp", strings.TrimPrefix(p.addr, "tcp://"))
			if err == nil {
				c.Close()
			}
			return err != nil
		})
		p.signal(t, os.Interrupt)
		p.wantEnd(t)
	})
}

// fillUp sends frames and reads no answer until nothing more goes through: the
// server has more to send than the kernel takes.
func fillUp(t *testing.T, c net.Conn) {
	t.Helper()
	frames := newFrameSource(1, streamMaxBytes)
	for {
		if err := c.SetWriteDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write(frames.next()); errors.Is(err, os.ErrDeadlineExceeded) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestTooManyFilesIsOneLine(t *testing.T) {
	cmd := exec.Command("sh", "-c", `ulimit -n 6 && exec "$0" serve --workers=4 --max-sessions=1 --listen=tcp://127.0.0.1:0 "$1"`, os.Args[0], quiet)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("%v, want exit code 1", err)
	}
	if got := stderr.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "too many open files") || stdout.Len() > 0 {
		t.Errorf("stdout %q, stderr %q; want one line about open files", stdout.String(), got)
	}
}

func TestBotsEndEarlyAtAnInterrupt(t *testing.T) {
	s := serve(t, "--listen=tcp://127.0.0.1:0", "--stats=20ms")
	cmd := exec.Command(os.Args[0], "bots", "--connect="+s.addr, "--sessions=5", "--duration=10m")
	cmd.Env = append(os.Environ(), asCommand+"=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	r, w := io.Pipe()
	cmd.Stdout = w
	out := readLines(r)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() }) // shows as a signal below
	defer late.Stop()
	s.stdout.awaitMatch(t, "5 sessions, in [1-9]")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v: %s", err, stderr.String())
	}
	w.Close()
	out.await(t, "raon bots: ok, all")
}
