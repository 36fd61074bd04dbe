package raon_test

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/internal/port"
)

// outOfFiles is in the log line that tells.
const outOfFiles = "out of file descriptors"

// starvingChild makes the test binary the server of TestDescriptorsRunOut.
const starvingChild = "RAON_TEST_STARVING"

// TestDescriptorsRunOut has more clients than the server's process may have
// descriptors: those connected go on, and the others are served when some leave.
func TestDescriptorsRunOut(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		switch {
		case st.world != nil:
			starveWorld(st)
		case os.Getenv(starvingChild) != "":
			serveStarving(st)
		case !st.caps().FileLimit:
			t.Skip("the process has no limit that it could lower; the driver's own tests have one made for them")
		default:
			starveProcess(st)
		}
	})
}

// starveWorld lets the handles of a simulated world run out while its server is
// busy and clients wait in the backlog.
func starveWorld(st *stage) {
	const room, clients = 2, 6
	t := st.t
	var book logBook
	core := st.core(raon.CoreOptions{Workers: 1, SlowHandlerMs: -1, Logger: book.logger()})
	server := st.serve(core, raon.ServerOptions{}, echo)
	old := st.wire(server.addr())
	old.write([]byte("old"))
	old.expect([]byte("old"))

	begun, busy := make(chan struct{}), make(chan struct{})
	free := sync.OnceFunc(func() { close(busy) })
	defer free()
	mustBe(t, "PushJob", core.PushJob(func() { close(begun); <-busy }), nil)
	await(t, "the job", begun)
	var waiting []*wire
	for range clients {
		w := st.wire(server.addr())
		w.startWrite([]byte("new"))
		waiting = append(waiting, w)
	}
	restore := st.world.LimitHandles(room)
	defer restore()
	free()
	book.awaitLine(t, outOfFiles)
	old.write([]byte("er"))
	old.expect([]byte("older"))
	for i, w := range waiting { // in the order of the backlog
		w.expect([]byte("new"))
		if i < clients/2 {
			w.close()
		} else {
			restore()
		}
	}
	if n := book.count(outOfFiles); n > 2 {
		t.Errorf("told of it %d times", n)
	}
}

// count is how often the word is in the log.
func (l *logBook) count(word string) (n int) {
	l.change(func() { n = strings.Count(l.lines.String(), word) })
	return n
}

// serveStarving is the child: a server until its standard input ends.
func serveStarving(st *stage) {
	var book logBook
	core := st.core(raon.CoreOptions{Logger: book.logger()})
	server := st.serve(core, raon.ServerOptions{MaxSessions: 1000}, echo)
	st.t.Logf("listening %s", server.addr().IP)
	book.awaitLine(st.t, outOfFiles)
	st.t.Logf("starving")
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		st.t.Error(err)
	}
	st.t.Logf("told %d", book.count(outOfFiles))
}

// starveProcess connects more clients to the child than it may have descriptors.
func starveProcess(st *stage) {
	const clients = 100
	t := st.t
	began := time.Now()
	child := startStarving(st)
	addr := child.after("listening ")
	old := dialChild(t, addr)
	old.exchange("old")
	var waiting []netPeer
	for range clients {
		c := dialChild(t, addr)
		c.write("new")
		waiting = append(waiting, c)
	}
	child.after("starving")
	for hungry := time.Now(); time.Since(hungry) < 3*port.AcceptRetry; {
		old.exchange("older")
	}
	for _, c := range waiting { // in the order of the backlog
		c.expect("new")
		c.Close()
	}
	told, err := strconv.Atoi(child.end())
	mustBe(t, "the count of log lines", err, nil)
	if took := time.Since(began); told > 1+int(took/time.Second) {
		t.Errorf("told of it %d times in %v, want once per second at most", told, took)
	}
	t.Logf("CPU time of the server: %v", child.ProcessState.UserTime()+child.ProcessState.SystemTime())
}

// starving is the child, as its parent sees it.
type starving struct {
	*exec.Cmd
	t     *testing.T
	stdin io.Closer
	lines *bufio.Scanner
}

func startStarving(st *stage) *starving {
	const files = "48"
	cmd := exec.Command("sh", "-c", `ulimit -n "$1" && exec "$0" -test.v -test.run='^TestDescriptorsRunOut$'`, os.Args[0], files)
	cmd.Env = append(os.Environ(), starvingChild+"=1")
	if os.Getenv("RAON_DRIVER") == "" {
		cmd.Env = append(cmd.Env, "RAON_DRIVER="+st.name)
	}
	stdin, err := cmd.StdinPipe()
	mustBe(st.t, "StdinPipe", err, nil)
	stdout, err := cmd.StdoutPipe()
	mustBe(st.t, "StdoutPipe", err, nil)
	if err := cmd.Start(); err != nil {
		st.t.Fatal(err)
	}
	late := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() }) // shows as the end of its output
	st.t.Cleanup(func() {
		late.Stop()
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait() // the test has failed already
		}
	})
	return &starving{Cmd: cmd, t: st.t, stdin: stdin, lines: bufio.NewScanner(stdout)}
}

// after waits for a line with the word and gives what follows it.
func (s *starving) after(word string) string {
	s.t.Helper()
	var all []string
	for s.lines.Scan() {
		if _, rest, ok := strings.Cut(s.lines.Text(), word); ok {
			return rest
		}
		all = append(all, s.lines.Text())
	}
	s.t.Fatalf("the server ended without %q:\n%s", word, strings.Join(all, "\n"))
	return ""
}

// end stops the server and gives the number of log lines it counted.
func (s *starving) end() (told string) {
	s.t.Helper()
	s.stdin.Close()
	told = s.after("told ")
	s.after("PASS")
	if err := s.Wait(); err != nil {
		s.t.Errorf("the server: %v", err)
	}
	return told
}

// netPeer is a client's end in the parent.
type netPeer struct {
	net.Conn
	t *testing.T
}

func dialChild(t *testing.T, addr string) netPeer {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	mustBe(t, "SetDeadline", c.SetDeadline(time.Now().Add(patience)), nil)
	return netPeer{c, t}
}

func (c netPeer) write(s string) {
	c.t.Helper()
	if _, err := c.Write([]byte(s)); err != nil {
		c.t.Fatal(err)
	}
}

func (c netPeer) expect(s string) {
	c.t.Helper()
	got := make([]byte, len(s))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != s {
		c.t.Fatalf("read %q, %v, want %q", got, err, s)
	}
}

func (c netPeer) exchange(s string) {
	c.t.Helper()
	c.write(s)
	c.expect(s)
}
