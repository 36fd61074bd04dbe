package sim

import "github.com/raon-engine/raon/internal/port"

// Signal is the other side of a handle of KindOther: something that an
// application waits for with OpPreRecv, like an eventfd(2). It stays set until
// it is cleared. Any goroutine may use it, also after its handle was closed.
type Signal struct {
	end signalEnd
}

// signalEnd is the resource of a Signal, apart because its methods are not for
// everyone.
type signalEnd struct {
	resourceBase
	set bool
}

// NewSignal makes a signal and its handle, which is the caller's to attach and
// close. It fails with ErrTooManyFiles.
func (w *World) NewSignal() (port.Handle, *Signal, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.handles.full() {
		return port.NoHandle, nil, fail("signal", port.ErrTooManyFiles, nil, "")
	}
	s := &Signal{}
	s.end.world = w
	return w.handles.add(&s.end), s, nil
}

// Set makes the handle readable.
func (s *Signal) Set() {
	s.end.world.mu.Lock()
	defer s.end.world.mu.Unlock()
	s.end.set = true
	s.end.wake(port.LaneRead)
}

// Clear undoes Set.
func (s *Signal) Clear() {
	s.end.world.mu.Lock()
	defer s.end.world.mu.Unlock()
	s.end.set = false
}

func (e *signalEnd) readable() bool { return e.set }
func (e *signalEnd) close(bool)     {}
