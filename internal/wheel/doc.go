// Package wheel is a worker's timers: a hierarchical timing wheel in which
// scheduling and cancelling cost the same however many timers there are.
//
// A [Wheel] has levels of 64 slots. A slot of level 0 is one tick, a slot of
// level n is 64 to the n ticks. A timer waits in the lowest level in which its
// deadline and the present differ only within that level; when the present
// enters a slot of a higher level, its timers move down. See Varghese and Lauck,
// "Hashed and Hierarchical Timing Wheels", SOSP 1987, scheme 7. A bit for each
// occupied slot finds the next one without visiting the empty ones, so that an
// idle worker sleeps through all ticks at which nothing happens.
//
// A [Timer] is part of its owner's memory; the wheel allocates nothing and keeps
// no timer that is not pending. Times are those of port.Port.Now: since some
// fixed moment, on a monotonic clock.
//
// A wheel and its timers belong to one goroutine.
package wheel
