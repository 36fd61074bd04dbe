package kqueue

import (
	"testing"

	"github.com/raon-engine/raon/internal/driver/ready"
	"github.com/raon-engine/raon/internal/port"
)

func TestEdges(t *testing.T) {
	const reset = 54 // ECONNRESET on these systems
	ref := port.MakeRef(1<<31+7, 1<<31+9)
	for name, c := range map[string]struct {
		event event
		want  ready.What // 0: none
	}{
		"bytes":                          {event{filterRead, 0, 0, ref}, ready.Readable},
		"the end":                        {event{filterRead, flagEOF, 0, ref}, ready.Readable | ready.PeerDone},
		"a reset":                        {event{filterRead, flagEOF, reset, ref}, ready.Readable | ready.PeerDone | ready.Broken},
		"room":                           {event{filterWrite, 0, 0, ref}, ready.Writable},
		"the end of sending":             {event{filterWrite, flagEOF, 0, ref}, ready.Writable},
		"a reset, or a refused connect":  {event{filterWrite, flagEOF, reset, ref}, ready.Writable | ready.Broken},
		"fflags that are no error":       {event{filterRead, 0, 1, ref}, ready.Readable},
		"flags that mean something else": {event{filterRead, 0x21, 0, ref}, ready.Readable},
		"a failure":                      {event{filterRead, flagError, 0, ref}, ready.Readable | ready.Writable | ready.Broken},
		"the alarm":                      {event{filterOther, 0, 0, 0}, 0},
		"an alarm with a strange number": {event{filterOther, flagEOF, 0, ref}, 0},
		"a descriptor of nobody's":       {event{filterRead, 0, 0, 0}, 0},
	} {
		edge, ok := c.event.edge()
		if ok != (c.want != 0) || edge.What != c.want || ok && edge.Ref != ref {
			t.Errorf("%s: %+v, %v; want %#x", name, edge, ok, c.want)
		}
	}
}
