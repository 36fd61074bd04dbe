//go:build linux

package ready

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

func TestPollLooksAtEverySecondCall(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	job := port.Op{Type: port.OpJob, Object: key{}}
	for range 10 {
		r.Submit(&job)
		r.only(r.poll())
	}
	if got := len(r.q.waits); got != 5 {
		t.Errorf("%d looks at the queue in 10 polls with a completion each, want 5", got)
	}
}

func TestPollNeverSleepsWithWorkAtHand(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	r.q.sleep = func(wait time.Duration) { t.Fatalf("the port sleeps for %v", wait) }
	ref, peer := r.stream()
	if err := unix.SetsockoptInt(peer, unix.SOL_SOCKET, unix.SO_SNDBUF, 1<<20); err != nil {
		t.Fatal(err)
	}
	put(t, peer, 2*port.PassBytes)
	recv := port.Op{Type: port.OpRecv, Target: ref}
	r.Submit(&recv)
	r.q.edges = []Edge{{ref, Readable}}
	for got := 0; got < 2*port.PassBytes; {
		n, err := r.Poll(r.out[:1], -1)
		if err != nil {
			t.Fatal(err)
		}
		got += r.bytes(r.out[:n])
	}
}

func TestPollSleepsWhileAllBuffersAreLent(t *testing.T) {
	r := newRig(t, port.PortOptions{RecvBuffers: 1, RecvBufferBytes: 64})
	ref, peer := r.stream()
	put(t, peer, 100)
	recv := port.Op{Type: port.OpRecv, Target: ref}
	r.Submit(&recv)
	first := r.only(r.poll(Edge{ref, Readable}))
	slept := 0
	r.q.sleep = func(time.Duration) { slept++ }
	if n, err := r.Poll(r.out[1:], time.Millisecond); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	if slept == 0 {
		t.Error("the port spins while it has no buffer")
	}
	r.Release(first.Buf)
	if n := r.bytes(r.poll()); n != 36 {
		t.Errorf("%d bytes after the release, want 36", n)
	}
}

func TestCompletionsDoNotKeepOutReaders(t *testing.T) {
	for _, room := range []int{1, 2, 64} {
		r := newRig(t, port.PortOptions{})
		ref, peer := r.stream()
		put(t, peer, 1)
		recv := port.Op{Type: port.OpRecv, Target: ref}
		r.Submit(&recv)
		jobs := make([]port.Op, 1000)
		for i := range jobs {
			jobs[i] = port.Op{Type: port.OpJob, Object: key{}}
			r.Submit(&jobs[i])
		}
		r.q.edges = []Edge{{ref, Readable}}
		received := false
		for range 4 {
			n, err := r.Poll(r.out[:room], 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, ev := range r.out[:n] {
				received = received || ev.Op == &recv
			}
		}
		if !received {
			t.Errorf("room for %d events: four polls of jobs alone while a stream is readable", room)
		}
	}
}

func TestPollWaitsForAnyLength(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	for _, wait := range []time.Duration{-1, 1<<63 - 1} {
		slept := 0
		r.q.sleep = func(left time.Duration) {
			if slept++; slept == 3 {
				r.Wake()
				<-r.q.alarm
			}
		}
		if n, err := r.Poll(r.out, wait); n != 0 || err != nil || slept != 3 {
			t.Errorf("waiting %d: %d events, %v after %d sleeps of 3", wait, n, err, slept)
		}
	}
}

func TestPollKeepsTheWaitWhenCutShort(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	const wait = 20 * time.Millisecond
	r.q.sleep = func(left time.Duration) { // as a signal does
		if left > wait {
			t.Errorf("the port wants to sleep %v of %v", left, wait)
		}
	}
	before := time.Now()
	if n, err := r.Poll(r.out, wait); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	if slept := time.Since(before); slept < wait {
		t.Errorf("returned after %v, before %v were over", slept, wait)
	}
}

func TestAcceptTakesABoundedNumber(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	l, addr := r.listen(acceptPass + 10)
	fd, err := unix.FcntlInt(uintptr(l), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	ref := r.attach(fd, port.KindListener)
	for range acceptPass + 2 {
		c := r.socket(addr)
		connect := port.Op{Type: port.OpConnect, Target: c, Addr: &addr}
		r.Submit(&connect)
		r.only(append([]port.Event(nil), r.poll(Edge{c, Writable})...))
	}
	accept := port.Op{Type: port.OpAccept, Target: ref}
	r.Submit(&accept)
	r.out = make([]port.Event, 2*acceptPass)
	for i, want := range []int{acceptPass, 2, 0} {
		evs := r.poll([]Edge{{ref, Readable}, {ref, Writable}, {ref, Readable}}[i])
		if len(evs) != want {
			t.Errorf("pass %d accepted %d connections, want %d", i, len(evs), want)
		}
		for _, ev := range evs {
			if err := r.sockets.CloseHandle(ev.Handle, false); err != nil {
				t.Error(err)
			}
		}
	}
}
