package driver

import (
	"fmt"

	"github.com/raon-engine/raon/internal/port"
)

// Choice is a driver that works here, why it is the one, and the port sizes
// that the environment asked for.
type Choice struct {
	Driver  port.Driver
	Reason  string
	Options port.PortOptions
}

// Probed is what trying a driver showed.
type Probed struct {
	Name  string
	Works bool
	Why   string // what does not work; empty if it works
}

// Select gives the driver called name, and no other in its place. "" stands for
// what env, the value of RAON_DRIVER, asks for; "auto", or neither, for the
// first of the system's own drivers that works. Errors name what failed and why.
func Select(name, env string) (Choice, error) {
	c := Choice{Reason: "asked for by name"}
	var err error
	if name == "" && env != "" {
		c.Reason = "asked for by RAON_DRIVER"
		if name, c.Options, err = parseEnv(env); err != nil {
			return Choice{}, err
		}
	}
	if name == "" || name == "auto" {
		c.Driver, c.Reason, err = firstThatWorks(native())
	} else if c.Driver, err = byName(all(), name); err != nil {
		err = fmt.Errorf("%w (%s)", err, c.Reason)
	}
	if err != nil {
		return Choice{}, err
	}
	return c, nil
}

// Probe tries every driver of this system, in the order of preference.
func Probe() []Probed {
	var out []Probed
	for _, c := range all() {
		p := Probed{Name: c.name, Works: true}
		if _, err := c.open(); err != nil {
			p.Works, p.Why = false, err.Error()
		}
		out = append(out, p)
	}
	return out
}
