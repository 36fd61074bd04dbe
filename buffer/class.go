package buffer

import "math/bits"

// class is a size of chunk: 2 KiB, 4 KiB … 64 KiB. classes and beyond means a
// chunk made to measure.
type class int

const (
	minClassBytes = 2 << 10
	maxClassBytes = 64 << 10
	classes       = class(6)
)

// bytes is the size of the chunks of the class.
func (c class) bytes() int { return minClassBytes << c }

// classFor is the smallest class that holds n bytes.
func classFor(n int) class {
	if n <= minClassBytes {
		return 0
	}
	return class(bits.Len(uint(n-1)) - bits.Len(uint(minClassBytes-1)))
}
