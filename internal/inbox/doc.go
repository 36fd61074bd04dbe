// Package inbox is how other goroutines reach a worker: a bounded queue with
// many producers and one consumer, and the flag that tells them whether the
// consumer has to be woken.
//
// A [Queue] never waits: Push refuses when it is full. A [Flag] makes the wake,
// a system call, happen only when the consumer really sleeps. Together:
//
//	producer:                     consumer:
//	  if !q.Push(v) { full }        for {
//	  if flag.Notify() {              drain q
//	    wake the consumer             if flag.Sleep() { block }
//	  }                               flag.Wake()
//	                                }
//
// Both are free of locks and allocation. They rest on Go's atomics being
// sequentially consistent (https://go.dev/ref/mem#atomic).
package inbox
