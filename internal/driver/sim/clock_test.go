package sim

import (
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

func TestVirtualPollSkipsTime(t *testing.T) {
	r := newRig(t, Options{Virtual: true})
	began := time.Now()
	if evs := r.poll(24 * time.Hour); len(evs) != 0 || r.p.Now() != 24*time.Hour {
		t.Errorf("after a Poll of a day: %d events at %v", len(evs), r.p.Now())
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("a virtual day took %v", took)
	}
	r.poll(0)
	r.poll(-1) // nothing will ever come
	if r.p.Now() != 24*time.Hour {
		t.Errorf("time moved to %v without anything to move it", r.p.Now())
	}
}

func TestVirtualPollStopsAtAnEvent(t *testing.T) {
	r := newRig(t, Options{Virtual: true, Latency: 10 * time.Millisecond})
	client, server := r.pair()
	recv := &port.Op{Type: port.OpRecv, Target: server}
	r.p.Submit(recv)
	began := r.w.Now()
	r.do(r.send(client, 1))
	ev := r.one(time.Hour)
	if ev.Op != recv || ev.N != 1 || r.p.Now()-began != 10*time.Millisecond {
		t.Errorf("got %+v after %v, want one byte after the latency", ev, r.p.Now()-began)
	}
	r.p.Release(ev.Buf)
}

// Time must not run ahead of a port that has work.
func TestVirtualPollWaitsForOthers(t *testing.T) {
	a := newRig(t, Options{Virtual: true})
	b := a.withPort(port.PortOptions{})
	for what, give := range map[string]func(){
		"a job":  func() { b.p.Submit(&port.Op{Type: port.OpJob}) },
		"a wake": func() { b.p.Wake() },
	} {
		before := a.w.Now()
		give()
		if evs := a.poll(time.Second); len(evs) != 0 || a.w.Now() != before {
			t.Errorf("with %s for another port: %d events at %v", what, len(evs), a.w.Now())
		}
		b.poll(0)
	}
	if a.poll(time.Second); a.w.Now() != time.Second {
		t.Errorf("time is %v with everybody idle", a.w.Now())
	}
}

func TestStepAndAdvance(t *testing.T) {
	r := newRig(t, Options{Virtual: true, Latency: 5 * time.Millisecond})
	client, server := r.pair()
	start := r.w.Now()
	if r.w.Step() {
		t.Fatal("a step with nothing to happen")
	}
	recv := &port.Op{Type: port.OpRecv, Target: server}
	r.p.Submit(recv)
	r.do(r.send(client, 1))
	r.w.Advance(2 * time.Millisecond)
	r.none()
	if at, ok := r.w.NextEvent(); !ok || at != start+5*time.Millisecond {
		t.Fatalf("the next event is at %v, %v", at, ok)
	}
	if !r.w.Step() || r.w.Now() != start+5*time.Millisecond {
		t.Fatalf("the step went to %v", r.w.Now())
	}
	r.p.Release(r.one(0).Buf)
	r.w.Advance(time.Second)
	if got := r.w.Now(); got != start+5*time.Millisecond+time.Second {
		t.Errorf("advanced to %v", got)
	}
}

// With PollTime a port that is always busy does not stop the clock.
func TestPollTime(t *testing.T) {
	r := newRig(t, Options{Virtual: true, Latency: time.Millisecond, PollTime: time.Microsecond})
	client, server := r.pair()
	recv, job := &port.Op{Type: port.OpRecv, Target: server}, &port.Op{Type: port.OpJob}
	r.p.Submit(recv)
	r.p.Submit(r.send(client, 1))
	r.p.Submit(job)
	for range 2000 {
		for _, ev := range r.poll(time.Hour) {
			switch ev.Op {
			case job:
				r.p.Submit(job)
			case recv:
				return
			}
		}
	}
	t.Errorf("the byte did not arrive, it is %v", r.p.Now())
}

func TestTimersRunInOrder(t *testing.T) {
	var c clock
	c.virtual = true
	d := dice{}
	d.seed(3)
	var got []time.Duration
	note := func() { got = append(got, c.now) }
	timers := make([]timer, 200)
	for i := range timers {
		timers[i].owner = expirerFunc(note)
		c.set(&timers[i], time.Duration(d.below(50)))
	}
	for i := range 50 {
		c.stop(&timers[i*3])
		c.stop(&timers[i*3]) // twice is once
	}
	if !c.runUntil(time.Second) || c.now != time.Second {
		t.Errorf("the clock is at %v", c.now)
	}
	if len(got) != 150 {
		t.Fatalf("%d timers ran, want 150", len(got))
	}
	for i := 1; i < len(got); i++ {
		if got[i] < got[i-1] {
			t.Fatalf("timer %d ran at %v, after one at %v", i, got[i], got[i-1])
		}
	}
}

type expirerFunc func()

func (f expirerFunc) expire() { f() }
