package buffer_test

import (
	"fmt"

	"github.com/raon-engine/raon/buffer"
)

// A packet in three steps: open a size, write, close with the size used.
func ExampleChunkPool() {
	pool := buffer.NewChunkPool(buffer.PoolOptions{})
	w := pool.Open(100)
	fmt.Fprintf(&w, "hello %d", 42)
	packet := w.Close(w.Len())
	fmt.Println(string(packet.Bytes()))
	packet.Release(1)
	pool.Close()
	fmt.Println("chunks in use:", pool.InUse())
	// Output:
	// hello 42
	// chunks in use: 0
}

// One buffer goes to many: each holds a reference, nobody a copy.
func ExampleSendBuffer() {
	pool := buffer.NewChunkPool(buffer.PoolOptions{})
	packet := pool.Copy([]byte("to all"))
	packet.Retain(2) // for two more receivers
	for receiver := range 3 {
		fmt.Println(receiver, string(packet.Bytes()))
		packet.Release(1)
	}
	pool.Close()
	// Output:
	// 0 to all
	// 1 to all
	// 2 to all
}

// A header in place, before the body's size is known.
func ExampleWriter() {
	pool := buffer.NewChunkPool(buffer.PoolOptions{})
	w := pool.Open(1 << 10)
	b := w.Bytes()
	n := 2 + copy(b[2:], "body")
	b[0], b[1] = byte(n), byte(n>>8)
	packet := w.Close(n)
	fmt.Printf("%v\n", packet.Bytes())
	packet.Release(1)
	pool.Close()
	// Output: [6 0 98 111 100 121]
}

// Goroutines that are no workers share a pool, such as Core.Buffers.
func ExampleSharedPool() {
	pool := buffer.NewSharedPool(buffer.PoolOptions{})
	packet := pool.Fill(100, func(dst []byte) int { return copy(dst, "filled in place") })
	fmt.Println(string(packet.Bytes()))
	packet.Release(1)
	pool.Close()
	// Output: filled in place
}
