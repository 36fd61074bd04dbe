package raon_test

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/buffer"
)

// journal is a Handler with every optional interface that notes its callbacks,
// refuses to be nested and does the same thing in each.
type journal struct {
	watch
	t      *testing.T
	calls  []string
	inside atomic.Bool
	act    func(s *raon.Session, call string)
}

func (j *journal) note(s *raon.Session, call string) {
	if j.inside.Swap(true) {
		j.t.Errorf("%s runs inside another callback", call)
	}
	j.change(func() { j.calls = append(j.calls, call) })
	if j.act != nil && s != nil {
		j.act(s, call)
	}
	j.inside.Store(false)
}

func (j *journal) OnConnect(s *raon.Session, err error) {
	j.note(s, fmt.Sprintf("connect %v", err))
}
func (j *journal) OnRecv(s *raon.Session, data []byte) int {
	j.note(s, "recv "+string(data))
	return len(data)
}
func (j *journal) OnDisconnect(s *raon.Session, reason raon.KickReason, _ error) {
	j.note(s, fmt.Sprintf("disconnect %v", reason))
}
func (j *journal) OnSend(s *raon.Session, n int, id uint16) {
	j.note(s, fmt.Sprintf("send %d %d", id, n))
}
func (j *journal) OnAccept(addr raon.Addr) bool { j.note(nil, "accept"); return true }
func (j *journal) OnHighWater(s *raon.Session)  { j.note(s, "high") }
func (j *journal) OnLowWater(s *raon.Session)   { j.note(s, "low") }
func (j *journal) Reset()                       { j.note(nil, "reset") }

// wait waits until the last call is the one given and lists all of them.
func (j *journal) wait(last string) (calls []string) {
	j.t.Helper()
	j.await(j.t, last, func() bool {
		calls = slices.Clone(j.calls)
		return len(calls) > 0 && calls[len(calls)-1] == last
	})
	return calls
}

// serveJournal starts a server of one session with a journal, which does act in
// every callback.
func serveJournal(st *stage, opts raon.ServerOptions, act func(s *raon.Session, call string)) (*journal, *cast) {
	j := &journal{t: st.t, act: act}
	opts.MaxSessions, opts.NewHandler = 1, func() raon.Handler { return j }
	return j, st.serve(st.core(raon.CoreOptions{}), opts, nil)
}

func TestCallbackOrder(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		j, server := serveJournal(st, raon.ServerOptions{}, func(s *raon.Session, call string) {
			if call == "recv hello" {
				if err := s.SendBytes([]byte("hi"), 7); err != nil {
					t.Errorf("SendBytes: %v", err)
				}
			}
		})
		for range 2 { // the second connection uses the same session and handler
			w := st.wire(server.addr())
			w.write([]byte("hello"))
			w.expect([]byte("hi"))
			w.closeWrite()
			if err := w.readAll(); err != nil {
				t.Errorf("the server's end is not clean: %v", err)
			}
			w.close()
		}
		one := []string{"accept", "connect <nil>", "recv hello", "send 7 2", "disconnect recv-0", "reset"}
		want := append(slices.Clone(one), one...)
		j.await(t, "two connections", func() bool { return len(j.calls) >= len(want) })
		if got := j.wait("reset"); !slices.Equal(got, want) {
			t.Errorf("callbacks:\n%q, want\n%q", got, want)
		}
	})
}

// TestEndInsideCallbacks ends the session in each kind of callback, several
// times over: the first one counts, no callback is nested, OnDisconnect is last.
func TestEndInsideCallbacks(t *testing.T) {
	ends := map[string]func(s *raon.Session){
		"Disconnect": func(s *raon.Session) { s.Disconnect(raon.KickFlood); s.Disconnect(raon.KickIdle) },
		"Abort":      func(s *raon.Session) { s.Abort(raon.KickFlood); s.Disconnect(raon.KickIdle) },
		"mixed":      func(s *raon.Session) { s.Pause(); s.Disconnect(raon.KickFlood); s.Resume(); s.Abort(raon.KickIdle) },
	}
	for _, in := range []string{"connect <nil>", "recv hello", "send 7 200000", "high", "low", "disconnect flood"} {
		for what, end := range ends {
			t.Run(what+" in "+in, func(t *testing.T) {
				forEachDriver(t, func(t *testing.T, st *stage) { endInside(st, in, end) })
			})
		}
	}
}

func endInside(st *stage, in string, end func(*raon.Session)) {
	j, server := serveJournal(st, raon.ServerOptions{Session: raon.SessionOptions{HighWaterBytes: 1000}}, func(s *raon.Session, call string) {
		if call == "recv hello" {
			if err := s.SendBytes(make([]byte, 200_000), 7); err != nil {
				st.t.Errorf("SendBytes: %v", err)
			}
			if in == "disconnect flood" {
				s.Abort(raon.KickFlood)
			}
		}
		if call == in {
			end(s)
			if err := s.SendBytes([]byte("x"), 0); !errors.Is(err, raon.ErrSessionClosed) {
				st.t.Errorf("a send after the end gave %v", err)
			}
		}
	})
	w := st.startWire(server.addr())
	w.pump("connect", func() bool { return !w.sending })
	w.startWrite([]byte("hello"))
	w.startRead() // so that the server's sends end
	w.pump("end", func() bool { return w.recvErr != nil })
	w.close()
	calls := j.wait("reset")
	if i := slices.Index(calls, "disconnect flood"); i != len(calls)-2 {
		st.t.Errorf("callbacks %q: want one disconnect for flood, and nothing but reset after it", calls)
	}
	if i := slices.Index(calls, in); i < 0 {
		st.t.Errorf("callbacks %q: %q is missing", calls, in)
	}
}

// TestNothingAfterOnDisconnect leaves jobs and sends behind in OnDisconnect.
func TestNothingAfterOnDisconnect(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		var late atomic.Int32
		j, server := serveJournal(st, raon.ServerOptions{}, func(s *raon.Session, call string) {
			if call != "disconnect recv-0" {
				return
			}
			s.Pause()
			s.Resume()
			s.Retain()
			s.Release()
			_ = s.PushJob(func() { late.Add(1) }) // refused or dropped
			_ = s.Ref().PushJob(func(*raon.Session) { late.Add(1) })
			_ = s.Ref().SendBytes([]byte("late"), 0)
			mustBe(t, "Send in OnDisconnect", s.Send(buffer.SendBuffer{}, 0), raon.ErrSessionClosed)
		})
		for range 2 {
			w := st.wire(server.addr())
			w.close()
			j.wait("reset")
			j.change(func() { j.calls = nil })
		}
		done := make(chan struct{})
		if err := server.ForEach(func(*raon.Session) {}); err != nil {
			t.Fatal(err)
		}
		for range server.Core().Workers() { // one job per worker, behind everything else
			if err := server.Core().PushJob(func() { done <- struct{}{} }); err != nil {
				t.Fatal(err)
			}
		}
		for range server.Core().Workers() {
			<-done
		}
		if late.Load() != 0 {
			t.Errorf("%d jobs ran after OnDisconnect", late.Load())
		}
	})
}
