package doctor

import "github.com/raon-engine/raon/internal/driver"

// simulation is the driver that reaches nobody outside its process.
const simulation = "sim"

// candidates tries every driver that this binary has for this system.
func candidates() (found []candidate) {
	for _, p := range driver.Probe() {
		found = append(found, candidate{name: p.Name, works: p.Works, why: p.Why, real: p.Name != simulation})
	}
	return found
}
