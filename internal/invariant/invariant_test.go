package invariant

import (
	"bytes"
	"testing"
)

// violation runs fn and returns the Violation it panics with, nil if none.
func violation(t *testing.T, fn func()) (v *Violation) {
	t.Helper()
	defer func() {
		switch r := recover().(type) {
		case nil:
		case Violation:
			v = &r
		default:
			t.Fatalf("panicked with %T %v, want a Violation", r, r)
		}
	}()
	fn()
	return nil
}

func TestCheck(t *testing.T) {
	if v := violation(t, func() { Check(true, "fine") }); v != nil {
		t.Errorf("Check(true) panicked: %v", v)
	}
	v := violation(t, func() { Check(false, "slot in use") })
	if v == nil || v.Message != "slot in use" {
		t.Fatalf("Check(false) gave %v, want the message", v)
	}
	if got, want := v.Error(), "invariant violated: slot in use"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
}

func TestFailf(t *testing.T) {
	v := violation(t, func() { Failf("slot %d of %d", 3, 2) })
	if v == nil || v.Message != "slot 3 of 2" {
		t.Fatalf("Failf gave %v, want the formatted message", v)
	}
}

func TestCheckAllocatesNothing(t *testing.T) {
	n := 1
	if got := testing.AllocsPerRun(100, func() { Check(n == 1, "one") }); got != 0 {
		t.Errorf("Check allocates %v times", got)
	}
}

func TestPoison(t *testing.T) {
	b := []byte("still needed")
	kept := bytes.Clone(b)
	Poison(b)
	if changed := !bytes.Equal(b, kept); changed != Enabled {
		t.Fatalf("Poison changed the bytes: %v, Enabled: %v", changed, Enabled)
	}
	if v := violation(t, func() { CheckPoison(b, "freed") }); v != nil {
		t.Errorf("CheckPoison of untouched bytes panicked: %v", v)
	}
	b[5] = 'x'
	if caught := violation(t, func() { CheckPoison(b, "freed") }) != nil; caught != Enabled {
		t.Errorf("CheckPoison noticed a write: %v, Enabled: %v", caught, Enabled)
	}
}
