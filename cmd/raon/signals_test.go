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
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// process is a raon serve in a process of its own.
type process struct {
	cmd    *exec.Cmd
	addr   string
	stdout *lines
	stderr bytes.Buffer
}

// spawn starts the command and waits until it is ready.
func spawn(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(os.Args[0], append([]string{"serve", "--max-sessions=100"}, args...)...)}
	p.cmd.Env = append(os.Environ(), asCommand+"=1")
	p.cmd.Stderr = &p.stderr
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdout = w
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	p.stdout = readLines(r)
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // fails when it has ended, as it should
		r.Close()
	})
	p.addr = readyOn(p.stdout.await(t, "ready on"))
	return p
}

func (p *process) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// wantEnd waits for the process and wants code 0 and a summary.
func (p *process) wantEnd(t *testing.T) {
	t.Helper()
	late := time.AfterFunc(patience, func() { _ = p.cmd.Process.Kill() }) // shows as a signal below
	defer late.Stop()
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("%v; stderr %q", err, p.stderr.String())
	}
	p.stdout.await(t, "stopped after")
}

// stream sends frames without end and checks that what comes back is the same,
// up to the end of the stream, which must be clean and between two frames.
type stream struct {
	conn     net.Conn
	seed     uint64
	answered atomic.Int64 // whole frames
}

const streamMaxBytes = 3000

func (s *stream) write() {
	for frames := newFrameSource(s.seed, streamMaxBytes); ; {
		if _, err := s.conn.Write(frames.next()); err != nil {
			return // the reader has closed the connection
		}
	}
}

func (s *stream) read() error {
	defer s.conn.Close()
	got := make([]byte, streamMaxBytes)
	for frames := newFrameSource(s.seed, streamMaxBytes); ; s.answered.Add(1) {
		want := frames.next()
		n, err := io.ReadFull(s.conn, got[:len(want)])
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err // ErrUnexpectedEOF: a frame was cut; reset: bytes were lost
		}
		if !bytes.Equal(got[:n], want) {
			return errors.New("an answer is not the frame that was sent")
		}
	}
}

func TestTermDrainsInFlightFrames(t *testing.T) {
	onEachDriver(t, func(t *testing.T, driver string) {
		p := spawn(t, driver, "--listen=tcp://127.0.0.1:0", "--workers=2", quiet)
		var streams []*stream
		var group sync.WaitGroup
		for i := range 8 {
			s := &stream{conn: dial(t, p.addr).Conn, seed: uint64(i)}
			streams = append(streams, s)
			group.Go(s.write)
			group.Go(func() {
				if err := s.read(); err != nil {
					t.Errorf("stream %d after %d frames: %v", s.seed, s.answered.Load(), err)
				}
			})
		}
		await(t, "answers on each stream", func() bool {
			for _, s := range streams {
				if s.answered.Load() < 100 {
					return false
				}
			}
			return true
		})
		p.signal(t, syscall.SIGTERM)
		group.Wait()
		p.wantEnd(t)
		if p.stderr.Len() != 0 {
			t.Errorf("stderr %q, want nothing", p.stderr.String())
		}
		if line := p.stdout.await(t, "stopped after"); !strings.Contains(line, "8 sessions") || !strings.Contains(line, "ended: shutdown 8") {
			t.Errorf("summary %q", line)
		}
	})
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

// await polls for a condition that sends no event.
func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for limit := time.Now().Add(patience); !done(); <-tick.C {
		if time.Now().After(limit) {
			t.Fatalf("waited %v for %s", patience, what)
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
