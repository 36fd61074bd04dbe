// Package uring is the driver for Linux 6.1 and later: one io_uring per port,
// multishot accept and receive, receive buffers that the kernel chooses from a
// shared ring, and all submissions of a turn in one system call.
//
// # The way of an operation
//
// Submit puts the op into its lane of the attachment's slot (slots.go) and
// writes a submission entry (prepare.go; send.go, recv.go, accept.go, file.go
// for what is in it). Poll (loop.go) enters the kernel once for all of them
// and reads completions (complete.go). A completion names slot, lane and
// stamp (token.go); what it says becomes an event, or the driver goes on by
// itself: it arms a stream again, or sends the rest. What needs no kernel
// (jobs, refusals, cancelled ops that the kernel never had) waits in the list
// of ended.go. Ops that find the submission queue full wait in the backlog.
//
// # Rules that the kernel makes
//
//   - A multishot request may end on any completion, successful ones included:
//     a full completion queue does that (F_MORE is then missing). Each request
//     without F_MORE is over and is armed again, except after EOF, an error or
//     Cancel.
//   - A full completion queue hides completions until the next enter with
//     GETEVENTS; the ring's flags say so, and Poll looks at them.
//   - A receive that finds no buffer ends with ENOBUFS at once, data or not. Such
//     attachments queue up (recv.go) until buffers come back.
//   - Two sends on one socket mix their bytes. There is never more than one.
//   - Closing a descriptor ends no request on it. Everything is cancelled first,
//     and each request's own last completion is awaited (disconnect.go).
//   - Cancelling may succeed, find nothing, or come too late, and its completion
//     may come before or after the target's. Only the target's counts.
//   - The ring's descriptor is deaf in epoll and the ring belongs to one thread,
//     so it is woken by an eventfd that it polls itself (wake.go).
package uring
