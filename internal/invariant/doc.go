// Package invariant is where programmer errors end: a broken promise between
// two pieces of this module, or of an application towards it. Errors of
// operation (a peer that resets, a disk that is full) are returned instead.
//
// [Check] and [Failf] are always on. What costs more than a comparison belongs
// behind [Enabled], a constant that is true when built with the tag invariants
// or with -race, so that the compiler removes it elsewhere:
//
//	if invariant.Enabled {
//		invariant.Check(q.sorted(), "queue out of order")
//	}
//
// Everything here may be called by any goroutine.
package invariant
