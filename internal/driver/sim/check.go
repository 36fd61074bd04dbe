package sim

import (
	"errors"
	"fmt"
	"strings"
)

// Check is nil when nothing is left in w: no handle open, no buffer lent, no
// op pending, no attachment, and no connection that has lost only one end.
// Ports that are closed have nothing.
func (w *World) Check() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var left []string
	note := func(n int, what string) {
		if n != 0 {
			left = append(left, fmt.Sprintf("%d %s", n, what))
		}
	}
	note(w.handles.open, "handles open")
	note(w.net.links, "connections alive")
	for i, p := range w.ports {
		note(p.stats.Attached, fmt.Sprintf("attachments of port %d", i))
		note(p.stats.Pending, fmt.Sprintf("operations pending on port %d", i))
		note(p.stats.Lent, fmt.Sprintf("buffers lent by port %d", i))
	}
	if len(left) > 0 {
		return errors.New("sim: left in the world: " + strings.Join(left, ", "))
	}
	return nil
}
