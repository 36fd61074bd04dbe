package job

// Slice runs a slice now, as a worker would.
func (s *Strand) Slice() { s.run() }

// Tasks is how many tasks the strand remembers.
func (s *Strand) Tasks() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.tasks)
}
