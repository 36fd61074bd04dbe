package sim

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

func TestWakeEndsAPoll(t *testing.T) {
	r := newRig(t, Options{})
	woken := make(chan struct{})
	go func() {
		for r.p.bell.state.Load() != bellAsleep {
			runtime.Gosched()
		}
		r.p.Wake()
		close(woken)
	}()
	if evs := r.poll(-1); len(evs) != 0 {
		t.Errorf("%d events from a wake", len(evs))
	}
	<-woken
	if s := r.p.Stats(); s.Wakes != 1 || s.Waits != 1 {
		t.Errorf("counted %d wakes and %d waits, want one of each", s.Wakes, s.Waits)
	}
}

func TestWakeBeforeAPoll(t *testing.T) {
	r := newRig(t, Options{})
	r.p.Wake()
	r.p.Wake()
	r.poll(-1) // would hang
	if s := r.p.Stats(); s.Wakes != 0 || s.Waits != 0 {
		t.Errorf("counted %d wakes and %d waits of a port that was awake", s.Wakes, s.Waits)
	}
}

// Every round one of many wakers rings; none may get lost, and none be left
// over in a way that ends a later sleep twice.
func TestWakeStress(t *testing.T) {
	const wakers, rounds = 4, 2000
	r := newRig(t, Options{})
	var wg sync.WaitGroup
	next := make(chan struct{})
	for range wakers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range next {
				r.p.Wake()
			}
		}()
	}
	for range rounds {
		next <- struct{}{}
		r.poll(-1) // hangs if a wake is lost
	}
	close(next)
	wg.Wait()
	r.p.bell.takeNote()
	if len(r.p.bell.token) != 0 {
		t.Error("a token is left in the bell")
	}
}

func TestSleepEndsInTime(t *testing.T) {
	r := newRig(t, Options{})
	began := time.Now()
	r.poll(20 * time.Millisecond)
	if took := time.Since(began); took < 20*time.Millisecond {
		t.Errorf("Poll waited %v of 20ms", took)
	}
}

// A port that sleeps hears of what another thread's port does to it.
func TestSleepEndsWithBytes(t *testing.T) {
	a := newRig(t, Options{Latency: 3 * time.Millisecond})
	client, server := a.pair()
	b := a.withPort(port.PortOptions{})
	h, err := a.p.Detach(server)
	a.ok(err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ref := b.attach(h, port.KindStream, "server")
		if data, _ := b.drain(ref); len(data) != 100 {
			t.Errorf("got %d bytes of 100", len(data))
		}
	}()
	a.do(a.send(client, 100))
	a.do(a.disconnect(client, port.HowShutdown))
	<-done
}
