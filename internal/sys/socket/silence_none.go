//go:build openbsd

package socket

// silence does nothing: the system has no such option, and Go's runtime takes
// the signal.
func silence(int) error { return nil }
