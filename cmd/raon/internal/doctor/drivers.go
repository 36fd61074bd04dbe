package doctor

import (
	"github.com/raon-engine/raon/cmd/raon/internal/engine"
	"github.com/raon-engine/raon/internal/driver"
)

// candidates tries every driver that this binary has for this system.
func candidates() (found []candidate) {
	for _, p := range driver.Probe() {
		found = append(found, candidate{name: p.Name, works: p.Works, why: p.Why, real: p.Name != engine.Simulation})
	}
	return found
}
