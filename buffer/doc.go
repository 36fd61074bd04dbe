// Package buffer holds what a session sends: reference-counted slices of
// chunks, cut from pools.
//
// A [SendBuffer] is made in three steps, as RAON's SendBufferHelper does it:
// open a size, write, close with the size used. After that it is immutable and
// may be sent to any number of sessions: each queue holds a reference, none
// copies. References are counted per chunk, not per buffer, so handing out one
// costs its owner no atomic and giving back a run of them costs a single one.
//
// A [ChunkPool] belongs to one goroutine, a worker's. A [SharedPool] is the
// same behind a lock, for everybody else. The last release, wherever it
// happens, returns the chunk to the pool it came from.
package buffer
