package raon_test

import (
	"errors"
	"log/slog"
	"slices"
	"testing"

	"github.com/raon-engine/raon"
)

// discard is for failures on purpose: their stacks are long.
var discard = slog.New(slog.DiscardHandler)

// bomb is a Handler with every optional interface that answers each OnRecv with
// a large packet and a job. The callback that trigger names fails, once.
type bomb struct {
	watch
	t       *testing.T
	trigger string
	fail    func()

	calls  []string
	ref    raon.SessionRef
	reason raon.KickReason
	err    error
}

// bombPacket is longer than the high-water mark in serveBombs.
const bombPacket = 2000

func (b *bomb) call(name string) {
	armed := false
	b.change(func() {
		b.calls = append(b.calls, name)
		if armed = b.trigger == name; armed {
			b.trigger = ""
		}
	})
	if armed {
		b.fail()
	}
}

func (b *bomb) OnAccept(raon.Addr) bool { b.call("OnAccept"); return true }
func (b *bomb) OnConnect(s *raon.Session, _ error) {
	b.change(func() { b.ref = s.Ref() })
	b.call("OnConnect")
}
func (b *bomb) OnRecv(s *raon.Session, data []byte) int {
	if err := s.SendBytes(pattern(0, bombPacket), 7); err != nil {
		b.t.Errorf("SendBytes: %v", err)
	}
	if err := s.PushJob(func() { b.call("Job") }); err != nil {
		b.t.Errorf("PushJob: %v", err)
	}
	b.call("OnRecv")
	return len(data)
}
func (b *bomb) OnSend(*raon.Session, int, uint16) { b.call("OnSend") }
func (b *bomb) OnHighWater(*raon.Session)         { b.call("OnHighWater") }
func (b *bomb) OnLowWater(*raon.Session)          { b.call("OnLowWater") }
func (b *bomb) OnDisconnect(_ *raon.Session, reason raon.KickReason, err error) {
	b.change(func() { b.reason, b.err = reason, err })
	b.call("OnDisconnect")
}
func (b *bomb) Reset() { b.call("Reset") }

// serveBombs starts a server of two sessions, of which the second one's handler
// fails where trigger says. The pool is circular: as long as the first lives,
// every other connection is the second session's.
func serveBombs(st *stage, core *raon.Core, trigger string, fail func()) (*cast, []*bomb) {
	bombs := []*bomb{{t: st.t}, {t: st.t, trigger: trigger, fail: fail}}
	made := 0
	server := st.serve(core, raon.ServerOptions{
		MaxSessions: 2, Session: raon.SessionOptions{HighWaterBytes: bombPacket / 2},
		NewHandler: func() raon.Handler { made++; return bombs[made-1] },
	}, nil)
	return server, bombs
}

// ask has a bomb answer, n times in all so far.
func (w *wire) ask(n int) {
	w.st.t.Helper()
	w.write([]byte("go"))
	w.read(n * bombPacket)
}

// TestFailureEndsOneSessionAndNoOther has one session fail in each kind of
// callback, beside another one on the same worker, which notices nothing.
func TestFailureEndsOneSessionAndNoOther(t *testing.T) {
	for _, in := range []string{
		"OnAccept", "OnConnect", "OnRecv", "Job", "OnSend", "OnHighWater", "OnLowWater", "OnDisconnect", "Reset",
	} {
		for what, fail := range failures {
			t.Run(what+" in "+in, func(t *testing.T) {
				forEachDriver(t, func(t *testing.T, st *stage) { failBeside(st, in, fail) })
			})
		}
	}
}

func failBeside(st *stage, in string, fail func()) {
	t := st.t
	var book logBook
	core := st.core(raon.CoreOptions{Workers: 1, Logger: book.logger()})
	server, bombs := serveBombs(st, core, in, fail)
	bystander := st.wire(server.addr())
	bystander.ask(1)

	victim := st.startWire(server.addr())
	victim.pump("connect", func() bool { return !victim.sending })
	last := in == "OnDisconnect" || in == "Reset"
	if last {
		victim.ask(1)
		victim.close()
	} else {
		victim.startRead()
		victim.startWrite([]byte("go")) // fails if the session was quicker, and may then be the one that is told
		if err := victim.readAll(); !errors.Is(err, raon.ErrReset) && !errors.Is(victim.sendErr, raon.ErrReset) {
			t.Errorf("the victim's connection ended with %v, and its write with %v, want a reset", err, victim.sendErr)
		}
	}
	eventually(t, "the session's return", func() bool { return server.Snapshot().Idle == 1 })
	bombs[1].check(in)
	book.awaitLine(t, "level=ERROR", "stack=", "(*bomb).call")
	if n := core.WorkerStats()[0].Panics; n != 1 {
		t.Errorf("%d failures counted, want 1", n)
	}

	bystander.ask(2)
	next := st.wire(server.addr()) // the same session and handler as the victim
	next.ask(1)
	checkPattern(t, next.got, bombPacket)
	bombs[0].change(func() {
		if slices.Contains(bombs[0].calls, "OnDisconnect") {
			t.Errorf("the bystander's session ended with %v, %v", bombs[0].reason, bombs[0].err)
		}
	})
}

// check looks at the callbacks of a connection that has ended because of a
// failure in the one given.
func (b *bomb) check(in string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if in == "OnAccept" {
		if want := []string{"OnAccept", "Reset"}; !slices.Equal(b.calls, want) {
			b.t.Errorf("callbacks %q, want %q", b.calls, want)
		}
		return
	}
	n := len(b.calls)
	if n < 2 || b.calls[n-2] != "OnDisconnect" || b.calls[n-1] != "Reset" || slices.Index(b.calls, "OnDisconnect") != n-2 {
		b.t.Errorf("callbacks %q: want one OnDisconnect and Reset in the end", b.calls)
	}
	if rest := b.calls[slices.Index(b.calls, in)+1:]; slices.Contains(rest, "OnRecv") {
		b.t.Errorf("callbacks %q: OnRecv after the failure", b.calls)
	}
	if b.ref.Valid() {
		b.t.Error("the session still takes messages")
	}
	if in == "OnDisconnect" || in == "Reset" {
		return // it had ended for the peer's reasons
	}
	if b.reason != raon.KickPanic || b.err == nil {
		b.t.Errorf("ended with %v, %v, want %v and a cause", b.reason, b.err, raon.KickPanic)
	}
}

// TestFailureOutsideSessions has jobs and an application's own object fail: a
// session on the same worker notices nothing, and the object stays registered.
func TestFailureOutsideSessions(t *testing.T) {
	for what, fail := range failures {
		t.Run(what, func(t *testing.T) {
			forEachDriver(t, func(t *testing.T, st *stage) {
				core := st.core(raon.CoreOptions{Workers: 1, Logger: discard})
				server := st.serve(core, raon.ServerOptions{}, echo)
				w := st.wire(server.addr())
				handle, ring := st.bell()
				d := &dud{doorbell: doorbell{handle: handle}, fail: fail}
				mustBe(t, "PushJob", core.PushJob(fail), nil)
				mustBe(t, "Register", core.Register(d, handle, raon.KindOther, d.attached), nil)
				d.await(t, "registration", func() bool { return d.reg != nil })
				ring()
				d.await(t, "the ring", func() bool { return d.rings == 1 })
				mustBe(t, "Registration.PushJob", d.reg.PushJob(fail), nil)
				mustBe(t, "Registration.PushJob", d.reg.PushJob(func() {
					d.end = raon.Op{Type: raon.OpDisconnect, How: raon.HowClose}
					d.reg.Submit(&d.end)
				}), nil)
				d.await(t, "the close", func() bool { return d.closed })
				w.write([]byte("still here"))
				w.expect([]byte("still here"))
				if n := core.WorkerStats()[0].Panics; n != 4 {
					t.Errorf("%d failures counted, want 4", n)
				}
			})
		})
	}
}

// dud is a doorbell that fails when it has been registered and when it has rung.
type dud struct {
	doorbell
	fail func()
}

func (d *dud) attached(reg *raon.Registration, err error) {
	d.registered(reg, err)
	d.fail()
}

func (d *dud) HandleCompletion(ev *raon.Event) {
	d.doorbell.HandleCompletion(ev)
	if ev.Op == &d.op {
		d.fail()
	}
}

// TestForEachGoesOnAfterFailures has the function given to ForEach fail for some
// of the sessions.
func TestForEachGoesOnAfterFailures(t *testing.T) {
	const sessions = 9
	for what, fail := range failures {
		t.Run(what, func(t *testing.T) {
			forEachDriver(t, func(t *testing.T, st *stage) {
				core := st.core(raon.CoreOptions{Logger: discard})
				server := st.serve(core, raon.ServerOptions{}, nil)
				clients := st.dial(core, server.addr(), raon.ClientOptions{Count: sessions}, nil)
				index := map[uint64]int{}
				for i := range sessions {
					clients.peer(i).session()
					index[server.peer(i).session().ID()] = i
				}
				var visits watch
				visited := map[int]bool{}
				err := server.ForEach(func(s *raon.Session) {
					i := index[s.ID()]
					visits.change(func() { visited[i] = true })
					if i%3 == 0 {
						fail()
					}
				})
				mustBe(t, "ForEach", err, nil)
				visits.await(t, "a visit of each session", func() bool { return len(visited) == sessions })
				for i := range sessions {
					if i%3 == 0 {
						server.peer(i).awaitEnd(raon.KickPanic)
					} else {
						server.peer(i).do(func(*raon.Session) {})
					}
				}
			})
		})
	}
}

// TestThousandFailuresLeaveNothing fails in as many connections, each with a
// packet half written and others queued, and then looks for what is left.
func TestThousandFailuresLeaveNothing(t *testing.T) {
	const rounds, clients = 10, 100
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Workers: 1, Logger: discard})
		failed := 0 // the worker's
		server := st.serve(core, raon.ServerOptions{MaxSessions: clients}, func(p *peer) {
			p.connect = func(s *raon.Session) {
				_ = s.SendBytes(pattern(0, 3000), 0)              // dropped by the kick
				_ = s.Ref().SendBytes(pattern(0, 3000), 0)        // dropped on its way
				_ = s.Send(core.Buffers().Copy([]byte("own")), 0) // dropped as well
				w := s.Open(1000)
				copy(w.Bytes(), "half a pack")
				if failed++; failed%2 == 0 {
					failures["Goexit"]()
				}
				failures["a panic"]()
			}
		})
		for round := range rounds {
			st.dial(core, server.addr(), raon.ClientOptions{Count: clients}, nil)
			want := uint64((round + 1) * clients)
			eventually(t, "the sessions' return", func() bool {
				s := server.Snapshot()
				return s.Kicks[raon.KickPanic] == want && s.Idle == clients
			})
		}
		eventually(t, "nothing left", func() bool {
			_ = core.PushJob(func() {}) // a turn publishes the port's counters
			w := core.WorkerStats()[0]
			return w.Live == 0 && w.Buffers <= 1 && w.Port.Attached == 1 && w.Port.Lent == 0 && core.Buffers().InUse() <= 1
		})
		if n := core.WorkerStats()[0].Panics; n != rounds*clients {
			t.Errorf("%d failures counted, want %d", n, rounds*clients)
		}
	})
}
