package invariant

import "fmt"

// Violation is the value that Check and Failf panic with. It is an error only
// so that the runtime prints its message; nobody should handle it as one.
type Violation struct {
	Message string
}

// Error is the message, marked as a bug for whoever reads the crash.
func (v Violation) Error() string { return "invariant violated: " + v.Message }

// Check panics with a Violation unless cond holds. It is inlined and allocates
// nothing, so msg should be a constant; use Failf where the values matter.
func Check(cond bool, msg string) {
	if !cond {
		fail(msg)
	}
}

// Failf panics with a Violation. The caller tests the condition, so that the
// arguments are only evaluated when it fails.
func Failf(format string, args ...any) {
	fail(fmt.Sprintf(format, args...))
}

// fail is apart from Check to keep Check small enough to inline.
//
//go:noinline
func fail(msg string) {
	panic(Violation{Message: msg})
}
