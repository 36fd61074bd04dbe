package packet

import (
	"errors"
	"fmt"
)

// Direction says which way a message goes, seen from this end.
type Direction uint8

// The directions.
const (
	In   Direction = 1 << iota // comes from the peer and has a handler
	Out                        // is sent
	Both = In | Out
)

// String is the direction's word.
func (d Direction) String() string {
	switch d {
	case In:
		return "in"
	case Out:
		return "out"
	case Both:
		return "both"
	}
	return "none"
}

// Spec describes one message of a Protocol. Zero means the default given.
type Spec struct {
	ID   uint16 // from 1 on; 0 is the engine's own, or with NoID the only one
	Name string // in errors, logs and metrics; required

	// Direction is In for Handle and Out for Define; Both is the other choice for
	// Handle.
	Direction Direction

	// MinBytes and MaxBytes bound the payload; 0 and what the framing allows. A
	// Fixed message has its own size.
	MinBytes int
	MaxBytes int

	// Rate bounds how often one session's peer may send it; none. It is for the end
	// that receives and means nothing to the other, so that both can share a Spec.
	Rate Rate

	// Volatile leaves the message out of what is counted and repeated with Resume:
	// one that a newer one replaces, or that is given to Broadcast. Both ends have to
	// say the same.
	Volatile bool

	// BeforeAuth takes the message also before Authenticated: a login.
	BeforeAuth bool
}

// check reports every fault of the spec, which is for what Handle or Define
// makes, and fills in defaults.
func (s *Spec) check(h *header, handled bool) error {
	var errs []error
	fault := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if s.Name == "" {
		fault("Spec.Name: required")
	}
	if h.id == (s.ID == 0) {
		fault("Spec.ID %d: want 0 with NoID, and only then", s.ID)
	}
	s.checkDirection(handled, fault)
	most := h.max - h.bytes
	if s.MaxBytes == 0 {
		s.MaxBytes = most
	}
	if s.MinBytes < 0 || s.MinBytes > s.MaxBytes || s.MaxBytes > most {
		fault("Spec.MinBytes %d, MaxBytes %d: want 0 to %d", s.MinBytes, s.MaxBytes, most)
	}
	if err := s.Rate.check(); err != nil {
		fault("Spec.Rate: %w", err)
	}
	return errors.Join(errs...)
}

func (s *Spec) checkDirection(handled bool, fault func(string, ...any)) {
	want := Out
	if handled {
		want = In
	}
	if s.Direction == 0 {
		s.Direction = want
	}
	if s.Direction != want && (!handled || s.Direction != Both) {
		fault("Spec.Direction %v: Handle takes in and both, Define out", s.Direction)
	}
}

// fit narrows the bounds to a codec whose messages all have one size.
func (s *Spec) fit(codec any) error {
	c, ok := codec.(exact)
	if !ok {
		return nil
	}
	bytes, err := c.layout()
	if err != nil {
		return err
	}
	if bytes < s.MinBytes || bytes > s.MaxBytes {
		return fmt.Errorf("its %d bytes are outside MinBytes %d to MaxBytes %d", bytes, s.MinBytes, s.MaxBytes)
	}
	s.MinBytes, s.MaxBytes = bytes, bytes
	return nil
}
