package driver

import (
	"errors"
	"fmt"
	"strings"

	"github.com/raon-engine/raon/internal/driver/sim"
	"github.com/raon-engine/raon/internal/port"
)

// candidate is one driver of this system. Opening it tries it out.
type candidate struct {
	name string
	open func() (port.Driver, error)
}

// all are the native drivers, and the simulation, which is chosen by name only.
func all() []candidate {
	return append(native(), candidate{"sim", func() (port.Driver, error) {
		return sim.New(sim.Options{Seed: 1}).Driver(), nil
	}})
}

// byName opens the candidate of that name and no other.
func byName(from []candidate, name string) (port.Driver, error) {
	names := []string{"auto"}
	for _, c := range from {
		if c.name == name {
			d, err := c.open()
			if err != nil {
				return nil, fmt.Errorf("driver %s does not work here: %w", name, err)
			}
			return d, nil
		}
		names = append(names, c.name)
	}
	return nil, fmt.Errorf("driver %q: want one of %s", name, strings.Join(names, ", "))
}

// firstThatWorks opens the first candidate that can be, and tells why it was
// none before.
func firstThatWorks(from []candidate) (d port.Driver, reason string, err error) {
	var failed []error
	for _, c := range from {
		if d, err = c.open(); err == nil {
			break
		}
		failed = append(failed, fmt.Errorf("%s: %w", c.name, err))
	}
	if d == nil {
		return nil, "", fmt.Errorf("no driver works here: %w", errors.Join(failed...))
	}
	reason = "the first that works here"
	for _, err := range failed {
		reason += "; " + err.Error()
	}
	return d, reason, nil
}
