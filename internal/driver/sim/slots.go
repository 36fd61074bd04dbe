package sim

import (
	"reflect"

	"github.com/raon-engine/raon/internal/port"
)

// slots are the attachments of a port. They stay where they are, so that a
// pointer to one is good until the port is closed, and are reused, last freed
// first.
type slots struct {
	chunks [][]attachment
	freed  []uint32
	made   int // slots ever used
	limit  int
}

const slotsPerChunk = 32

// at is the slot of an index below made.
func (s *slots) at(i int) *attachment {
	return &s.chunks[i/slotsPerChunk][i%slotsPerChunk]
}

// take is a free slot with a new generation, nil when there is none.
func (s *slots) take() *attachment {
	var index uint32
	if n := len(s.freed); n > 0 {
		index = s.freed[n-1]
		s.freed = s.freed[:n-1]
	} else if s.made < s.limit {
		index = uint32(s.made)
		if s.made == len(s.chunks)*slotsPerChunk {
			s.chunks = append(s.chunks, make([]attachment, slotsPerChunk))
		}
		s.made++
	} else {
		return nil
	}
	a := s.at(int(index))
	generation := a.ref.Generation() + 1
	if generation == 0 {
		generation = 1
	}
	a.ref = port.MakeRef(index, generation)
	return a
}

// give frees the slot of a.
func (s *slots) give(a *attachment) { s.freed = append(s.freed, a.ref.Slot()) }

// find is the attachment that ref names, nil when it is gone.
func (s *slots) find(ref port.Ref) *attachment {
	if ref.Slot() >= uint32(s.made) {
		return nil
	}
	a := s.at(int(ref.Slot()))
	if a.ref != ref || a.res == nil {
		return nil
	}
	return a
}

// bytes is the memory that the slots take.
func (s *slots) bytes() int {
	return len(s.chunks) * slotsPerChunk * int(reflect.TypeFor[attachment]().Size())
}
