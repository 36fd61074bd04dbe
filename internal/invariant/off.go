//go:build !invariants && !race

package invariant

// Enabled tells whether expensive checks are compiled in.
const Enabled = false

// Poison overwrites b when checks are enabled.
func Poison([]byte) {}

// CheckPoison panics with a Violation if b was written to since Poison(b), when
// checks are enabled.
func CheckPoison([]byte, string) {}
