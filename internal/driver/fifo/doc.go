// Package fifo is the queue that ports keep their completions, and the slots
// they are to serve, in. It belongs to one thread.
package fifo
