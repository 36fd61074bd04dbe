package raon_test

import (
	"testing"

	"github.com/raon-engine/raon"
)

// turnUntil drives a manual core until cond holds.
func turnUntil(t *testing.T, core *raon.Core, cond func() bool) {
	t.Helper()
	for range 1_000_000 {
		if cond() {
			return
		}
		if _, err := core.HandleCompletions(-1); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("nothing came of a million turns")
}

// pinger sends a packet and counts what comes back, without allocating.
type pinger struct {
	session *raon.Session // of the manual core that the test itself drives
	packet  []byte
	bytes   int
}

func (p *pinger) OnConnect(s *raon.Session, err error)               { p.session = s }
func (p *pinger) OnDisconnect(*raon.Session, raon.KickReason, error) {}
func (p *pinger) OnRecv(s *raon.Session, data []byte) int            { p.bytes += len(data); return len(data) }
func (p *pinger) OnSend(s *raon.Session, n int, packetID uint16)     {}

type plainEcho struct{}

func (plainEcho) OnConnect(*raon.Session, error)                     {}
func (plainEcho) OnDisconnect(*raon.Session, raon.KickReason, error) {}
func (plainEcho) OnRecv(s *raon.Session, data []byte) int {
	_ = s.SendBytes(data, 0) // a lost packet shows as a missing answer
	return len(data)
}

// startPinger connects a pinger to an echo server on one manual core.
func startPinger(t *testing.T, st *stage, size int) (*raon.Core, *pinger) {
	t.Helper()
	core := st.core(raon.CoreOptions{Manual: true})
	server := st.serve(core, raon.ServerOptions{NewHandler: func() raon.Handler { return plainEcho{} }}, nil)
	p := &pinger{packet: pattern(0, size)}
	st.dial(core, server.addr(), raon.ClientOptions{NewHandler: func() raon.Handler { return p }}, nil)
	turnUntil(t, core, func() bool { return p.session != nil })
	return core, p
}

// roundTrip sends the packet and turns until all of it is back.
func (p *pinger) roundTrip(t *testing.T, core *raon.Core) {
	p.bytes = 0
	if err := p.session.SendBytes(p.packet, 1); err != nil {
		t.Fatal(err)
	}
	for p.bytes < len(p.packet) {
		if _, err := core.HandleCompletions(-1); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSteadyEchoAllocatesNothing(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		for _, size := range []int{64, 4096} {
			core, p := startPinger(t, st, size)
			for range 200 {
				p.roundTrip(t, core)
			}
			if n := testing.AllocsPerRun(2_000, func() { p.roundTrip(t, core) }); n != 0 {
				t.Errorf("%d bytes: %v allocations per round trip, want none", size, n)
			}
		}
	})
}

// TestTurnsMakeOneSubmittingEnter counts system calls where submitting is one:
// what a turn prepared leaves in a single enter, and an idle turn may sleep in
// another.
func TestTurnsMakeOneSubmittingEnter(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core, p := startPinger(t, st, 64)
		before := statsOf(core)
		for range 1_000 {
			p.roundTrip(t, core)
		}
		after := statsOf(core)
		polls, waits := after.Polls-before.Polls, after.Waits-before.Waits
		if submits := after.Submits - before.Submits; submits > polls {
			t.Errorf("%d submitting enters in %d turns", submits, polls)
		}
		if enters := after.Enters - before.Enters; st.name != "sim" && enters > polls+waits {
			t.Errorf("%d enters in %d turns, of which %d slept", enters, polls, waits)
		}
	})
}

// statsOf reads a manual core's port, which it publishes when it feels like it.
func statsOf(core *raon.Core) raon.PortStats {
	for range 300 { // more turns than pass between two publications
		if _, err := core.HandleCompletions(0); err != nil {
			panic(err)
		}
	}
	return core.WorkerStats()[0].Port
}
