package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/raon-engine/raon/cmd/raon/internal/cli"
	"github.com/raon-engine/raon/internal/leak"
)

// asCommand in the environment turns the test binary into the command.
const asCommand = "RAON_TEST_AS_COMMAND"

// patience bounds every wait of these tests.
const patience = 30 * time.Second

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	leak.Main(m)
}

// outcome is how a command ended.
type outcome struct {
	code           int
	stdout, stderr string
}

// quiet keeps warnings about a busy machine out of what tests compare.
const quiet = "--log-level=error"

// command runs a command line in this process until it ends by itself.
func command(args ...string) outcome {
	if len(args) > 0 && (args[0] == "serve" || args[0] == "bots") {
		args = append(args, quiet)
	}
	var stdout, stderr bytes.Buffer
	code := cli.Run(context.Background(), args, &stdout, &stderr)
	return outcome{code, stdout.String(), stderr.String()}
}

// wantOneLine fails t unless the command failed with one line on stderr that
// has want in it, and nothing else.
func (o outcome) wantOneLine(t *testing.T, want string) {
	t.Helper()
	if o.code == 0 || o.stdout != "" {
		t.Errorf("exit code %d, stdout %q; want a failure and nothing", o.code, o.stdout)
	}
	if strings.Count(o.stderr, "\n") != 1 || !strings.HasSuffix(o.stderr, "\n") || !strings.Contains(o.stderr, want) {
		t.Errorf("stderr %q, want one line with %q", o.stderr, want)
	}
}

// lines collects what a command prints and lets a test wait for a line.
type lines struct {
	mu   sync.Mutex
	all  []string
	more chan struct{} // closed when a line has been added
}

func readLines(r io.Reader) *lines {
	l := &lines{more: make(chan struct{})}
	go func() {
		for scan := bufio.NewScanner(r); scan.Scan(); {
			l.mu.Lock()
			l.all = append(l.all, scan.Text())
			close(l.more)
			l.more = make(chan struct{})
			l.mu.Unlock()
		}
	}()
	return l
}

// await gives the first line with text in it.
func (l *lines) await(t *testing.T, text string) string {
	t.Helper()
	return l.awaitMatch(t, regexp.QuoteMeta(text))
}

// awaitMatch gives the first line that matches pattern.
func (l *lines) awaitMatch(t *testing.T, pattern string) string {
	t.Helper()
	wanted := regexp.MustCompile(pattern)
	limit := time.After(patience)
	for {
		l.mu.Lock()
		all, more := l.all, l.more
		l.mu.Unlock()
		for _, line := range all {
			if wanted.MatchString(line) {
				return line
			}
		}
		select {
		case <-more:
		case <-limit:
			t.Fatalf("no line with %q within %v; got %q", pattern, patience, all)
		}
	}
}

// server is a raon serve in this process.
type server struct {
	addr   string // as raon bots takes it
	stdout *lines
	stderr *syncBuffer
	stop   context.CancelFunc
	ended  chan int // the exit code
}

// serve starts raon serve and waits until it is ready. It is stopped, and has
// to end well, when the test ends.
func serve(t *testing.T, args ...string) *server {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	r, w := io.Pipe()
	s := &server{stdout: readLines(r), stderr: new(syncBuffer), stop: stop, ended: make(chan int, 1)}
	go func() {
		s.ended <- cli.Run(ctx, append([]string{"serve", "--max-sessions=2000"}, args...), w, s.stderr)
		w.Close()
	}()
	t.Cleanup(func() { s.end(t) })
	s.addr = readyOn(s.stdout.await(t, "ready on"))
	return s
}

// end stops the server and checks that it ended well.
func (s *server) end(t *testing.T) {
	t.Helper()
	s.stop()
	select {
	case code := <-s.ended:
		if code != 0 {
			t.Errorf("raon serve ended with code %d: %s", code, s.stderr)
		}
		s.ended <- code // for a second call
	case <-time.After(patience):
		t.Fatal("raon serve does not end")
	}
}

// readyOn is the first address of a ready line.
func readyOn(line string) string {
	_, rest, _ := strings.Cut(line, "ready on ")
	addr, _, _ := strings.Cut(rest, " ")
	return addr
}

// socketPath is a unix address that fits the kernel's 107 bytes.
func socketPath(t *testing.T) string {
	dir, err := os.MkdirTemp("", "raon")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return "unix://" + filepath.Join(dir, "s")
}

// syncBuffer is a buffer that a command writes to while a test reads.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
