package wheel

import (
	"math/rand/v2"
	"testing"
	"time"
)

// filled is a wheel with a million timers, spread over half a minute as idle
// deadlines are, in an order that no cache foresees.
func filled() (*Wheel, []Timer, []time.Duration) {
	const million = 1 << 20
	random := rand.New(rand.NewPCG(1, 1))
	w := New(0, ms)
	timers := make([]Timer, million)
	delays := make([]time.Duration, million)
	owner := new(counter)
	for i := range timers {
		timers[i].Owner = owner
		delays[i] = time.Duration(random.Int64N(int64(30 * time.Second)))
		w.Schedule(&timers[i], delays[i])
	}
	random.Shuffle(million, func(i, j int) { delays[i], delays[j] = delays[j], delays[i] })
	return w, timers, delays
}

// BenchmarkReschedule moves one of a million timers to another deadline.
func BenchmarkReschedule(b *testing.B) {
	w, timers, delays := filled()
	i := 0
	for b.Loop() {
		i = (i + 7919) & (len(timers) - 1)
		w.Schedule(&timers[i], delays[i]+time.Duration(i&7)*time.Second)
	}
}

// BenchmarkCancelSchedule takes one of a million timers out and puts it back.
func BenchmarkCancelSchedule(b *testing.B) {
	w, timers, delays := filled()
	i := 0
	for b.Loop() {
		i = (i + 7919) & (len(timers) - 1)
		w.Cancel(&timers[i])
		w.Schedule(&timers[i], delays[i])
	}
}

// BenchmarkFire is one deadline of a million, all the moving down included.
func BenchmarkFire(b *testing.B) {
	w, timers, delays := filled()
	now := time.Duration(0)
	fired := 0
	for b.Loop() {
		for fired == 0 {
			now += ms
			fired = w.Advance(now)
			if w.Pending() == 0 {
				b.StopTimer()
				for i := range timers {
					w.Schedule(&timers[i], now+delays[i])
				}
				b.StartTimer()
			}
		}
		fired--
	}
}
