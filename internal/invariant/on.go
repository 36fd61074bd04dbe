//go:build invariants || race

package invariant

// Enabled tells whether expensive checks are compiled in.
const Enabled = true

// poison is what a freed byte looks like: odd, not zero, not ASCII.
const poison = 0xDB

// Poison overwrites b, which nobody may use any more. A reader that comes too
// late then sees nonsense, and under -race the write itself is reported.
func Poison(b []byte) {
	for i := range b {
		b[i] = poison
	}
}

// CheckPoison panics with a Violation if b was written to since Poison(b).
func CheckPoison(b []byte, msg string) {
	for i := range b {
		if b[i] != poison {
			Failf("%s: byte %d of %d is %#x", msg, i, len(b), b[i])
		}
	}
}
