package raon_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/raon-engine/raon"
)

// logBook keeps log lines for a test to read.
type logBook struct {
	watch
	lines bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.change(func() { l.lines.Write(p) })
	return len(p), nil
}

func (l *logBook) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

// awaitLine waits for a line with all the words and gives it.
func (l *logBook) awaitLine(t *testing.T, words ...string) (line string) {
	t.Helper()
	l.await(t, fmt.Sprintf("a log line with %q", words), func() bool {
		for line = range strings.Lines(l.lines.String()) {
			if containsAll(line, words) {
				return true
			}
		}
		return false
	})
	return line
}

func containsAll(s string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(s, w) {
			return false
		}
	}
	return true
}

func TestBlockedHandlerDelaysOnlyItsWorkerAndIsNamed(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		var book logBook
		core := st.core(raon.CoreOptions{Workers: 2, SlowHandlerMs: 20, Logger: book.logger()})
		server := st.serve(core, raon.ServerOptions{}, echo)
		release := make(chan struct{})
		clients := st.dial(core, server.addr(), raon.ClientOptions{Count: 2}, nil)
		slow, quick := clients.peer(0), clients.peer(1)
		var slowWorker, quickWorker int
		slow.do(func(s *raon.Session) { slowWorker = s.Worker() })
		quick.do(func(s *raon.Session) { quickWorker = s.Worker() })
		if slowWorker == quickWorker {
			t.Fatalf("both clients are on worker %d", slowWorker)
		}
		blocked := make(chan struct{})
		if err := slow.session().PushJob(func(*raon.Session) { close(blocked); <-release }); err != nil {
			t.Fatal(err)
		}
		await(t, "the blocking job", blocked)
		book.awaitLine(t, "slow handler", fmt.Sprintf("session=%d", slow.session().ID()), "stack=", fmt.Sprintf("worker=%d", slowWorker))
		done := make(chan struct{}) // the other worker goes on
		if err := quick.session().PushJob(func(*raon.Session) { close(done) }); err != nil {
			t.Fatal(err)
		}
		await(t, "the other worker", done)
		close(release)
		slow.do(func(*raon.Session) {})
		if core.WorkerStats()[slowWorker].Slow == 0 {
			t.Error("the slow turn was not counted")
		}
	})
}
