// Package ready turns readiness into completions: it is a port for kernels
// that tell when a descriptor can be read or written, and leave the reading and
// writing to the program. The drivers epoll and kqueue give it a [Queue], their
// kernel's event queue, and it does the rest.
//
// # Life of an operation
//
// A Send or Connect is tried at once, inside Submit, because it nearly always
// succeeds. If the kernel would block, the descriptor's write interest is added
// to the queue, once for its life, and the op waits in its slot for an edge. A
// Recv or Accept does nothing in Submit unless its descriptor is known to be
// readable: an edge that came while nobody read is remembered in the slot.
//
// Poll takes completions that are queued, then serves the slots that are
// ready: each is read until a short read, an empty one, or the end of its
// budget. A slot with more to give goes to the tail of the list, so that one
// busy connection does not starve the others. Poll looks at the kernel's queue
// when it has nothing to return, and at the latest at every second call.
//
// # Edges
//
// Each descriptor is registered once, edge-triggered. An edge is a hint and
// never believed: the system call decides. What must not happen is to miss one,
// therefore a slot stays readable until a read came back short or empty. After
// an edge that told of the peer's end, only an empty read counts, so that the
// end itself is read. An edge carries the [port.Ref] that it was registered
// with; one for an older generation is dropped and counted.
//
// # Threads
//
// A Port belongs to one thread, except Wake. Files have no readiness: a small
// pool of goroutines does their blocking calls and posts the results back.
package ready
