package inbox

import (
	"runtime"
	"testing"
)

func BenchmarkPushPop(b *testing.B) {
	q := New[func()](1024)
	fn := func() {}
	b.ReportAllocs()
	for b.Loop() {
		q.Push(fn)
		q.Pop()
	}
}

// BenchmarkContended is one push by each of many goroutines, with a consumer
// that drains as fast as it can.
func BenchmarkContended(b *testing.B) {
	q := New[int](16384)
	stop := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			for _, ok := q.Pop(); ok; _, ok = q.Pop() {
			}
			select {
			case <-stop:
				return
			default:
				runtime.Gosched()
			}
		}
	}()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			for !q.Push(1) {
				runtime.Gosched()
			}
		}
	})
	close(stop)
	<-stopped
}

func BenchmarkNotifyAwake(b *testing.B) {
	var f Flag
	for b.Loop() {
		f.Notify()
	}
}
