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
	"testing"
	"time"
)

// process is a raon serve in a process of its own.
type process struct {
	cmd    *exec.Cmd
	addr   string
	stdin  io.Closer
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
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
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

// drainsInFlightFrames asks a busy server to stop: nothing that it has read
// stays without an answer, and each stream ends between two frames.
func drainsInFlightFrames(t *testing.T, ask func(t *testing.T, p *process), args ...string) {
	onEachDriver(t, func(t *testing.T, driver string) {
		p := spawn(t, append(args, driver, "--listen=tcp://127.0.0.1:0", "--workers=2", quiet)...)
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
		ask(t, p)
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

func TestEndOfStdinDrainsInFlightFrames(t *testing.T) {
	drainsInFlightFrames(t, func(t *testing.T, p *process) {
		if err := p.stdin.Close(); err != nil {
			t.Fatal(err)
		}
	}, "--stop-on-stdin-close")
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
