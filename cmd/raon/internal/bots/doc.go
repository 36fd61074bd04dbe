// Package bots is the command raon bots: a load generator that verifies every
// byte. It is a client service of the engine: each session is a handler that
// sends stamped frames and checks what comes back.
//
// # Life of a run
//
// One goroutine, the caller of Run, leads through the phases: connect, join
// (rooms), traffic, settle, close. What the sessions of one worker share is a
// lane, touched on that worker only. The leader asks for a phase and ticks the
// lanes, one job per lane and tick; a lane enters the phase on its worker and
// says so. There is no goroutine and no timer per session.
//
// # Rooms
//
// A session that has connected need not be in the room yet: the server may
// still be accepting it. So session 0 sends probes until every session has
// received one; only then does traffic begin, and each frame sent is expected
// once at every session.
package bots
