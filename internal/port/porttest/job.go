package porttest

import (
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// worker is an Object without a handle, as jobs have.
type worker struct {
	ran   []*port.Op
	again func(op *port.Op)
}

func (w *worker) SessionType() port.SessionType { return port.SessionUnknown }
func (w *worker) Handle() port.Handle           { return port.NoHandle }
func (w *worker) HandleCompletion(ev *port.Event) {
	w.ran = append(w.ran, ev.Op)
	if w.again != nil {
		w.again(ev.Op)
	}
}

// jobOrder submits many jobs: they end in the order submitted, by Polls that do
// not wait.
func jobOrder(t *testing.T, cfg *Config) {
	const jobs = 1000
	l := newLoop(t, cfg)
	w := &worker{}
	var tasks [jobs]task
	for range 3 {
		w.ran = w.ran[:0]
		for i := range tasks {
			tasks[i].op = port.Op{Type: port.OpJob, Object: w}
			l.submit(&tasks[i])
		}
		for len(w.ran) < jobs {
			l.woken()
		}
		for i, op := range w.ran {
			if op != &tasks[i].op || tasks[i].err != nil {
				l.fatalf("job %d ended out of order, or with %v", i, tasks[i].err)
			}
		}
	}
	l.quiet(hush)
}

// jobNext submits one job, which the next Poll returns whether it may wait or
// not.
func jobNext(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	w := &worker{}
	for _, wait := range []time.Duration{0, time.Millisecond, l.wait(), -1} {
		k := task{op: port.Op{Type: port.OpJob, Object: w}}
		l.submit(&k)
		if n := l.turn(wait); n != 1 || k.pending {
			l.fatalf("Poll(%v) with a job at hand returned %d events", wait, n)
		}
	}
}

// jobCanceled cancels jobs: each ends once, with either result.
func jobCanceled(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	w := &worker{}
	var jobs [10]task
	for i := range jobs {
		jobs[i].op = port.Op{Type: port.OpJob, Object: w}
		l.submit(&jobs[i])
	}
	for i := range jobs {
		l.p.Cancel(&jobs[i].op)
	}
	for i := range jobs {
		l.ended("a job", &jobs[i])
		if err := jobs[i].err; err != nil {
			l.is("a canceled job", err, port.ErrCanceled)
		}
	}
	l.quiet(hush)
}

// jobForever has a job that submits itself again and again: Poll returns each
// time, and does not forget the sockets.
func jobForever(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, s := l.pair()
	s.read()
	w, k, stop := &worker{}, task{}, false
	start := func() {
		k.op = port.Op{Type: port.OpJob, Object: w}
		l.submit(&k)
	}
	w.again = func(*port.Op) {
		if !stop {
			start()
		}
	}
	start()
	for range 200 {
		c.write(100)
		c.sent()
		s.received(c.out.pos)
	}
	stop = true
	l.ended("the job", &k)
}
