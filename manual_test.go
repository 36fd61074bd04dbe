package raon_test

import (
	"testing"
	"time"

	"github.com/raon-engine/raon"
)

func TestManualCoreRunsInItsCallersLoop(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Manual: true})
		server := st.serve(core, raon.ServerOptions{}, echo)
		client := st.dial(core, server.addr(), raon.ClientOptions{}, func(p *peer) {
			p.connect = func(s *raon.Session) {
				if err := s.SendBytes([]byte("tick"), 1); err != nil {
					t.Errorf("send: %v", err)
				}
			}
		})
		for deadline := time.Now().Add(patience); string(client.peer(0).got) != "tick"; {
			if _, err := core.HandleCompletions(10 * time.Millisecond); err != nil {
				t.Fatal(err)
			}
			if time.Now().After(deadline) {
				t.Fatal("no answer")
			}
		}
		others := make(chan error)
		go func() {
			_, err := core.HandleCompletions(0)
			others <- err
		}()
		mustBe(t, "HandleCompletions on another thread", <-others, raon.ErrWrongThread)
		if err := core.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := core.HandleCompletions(0)
		mustBe(t, "HandleCompletions after Close", err, raon.ErrClosed)
	})
}

func TestManualCoreWaitsAndIsWoken(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Manual: true})
		if _, err := core.HandleCompletions(0); err != nil {
			t.Fatal(err)
		}
		ran := false
		go func() {
			if err := core.PushJob(func() { ran = true }); err != nil {
				t.Errorf("PushJob: %v", err)
			}
		}()
		for !ran { // each call but the last may wait until the job's push wakes it
			if _, err := core.HandleCompletions(patience); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestHandleCompletionsNeedsAManualCore(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		_, err := st.core(raon.CoreOptions{}).HandleCompletions(0)
		mustBe(t, "HandleCompletions", err, raon.ErrNotManual)
	})
}
