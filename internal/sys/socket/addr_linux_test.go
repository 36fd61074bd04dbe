//go:build linux

package socket

import (
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

func TestAbstractNamesRoundTrip(t *testing.T) {
	var raw RawAddr
	if err := raw.Set(&port.Addr{Path: "@abstract"}); err != nil {
		t.Fatal(err)
	}
	if got := raw.Addr().Path; got != "@abstract" {
		t.Errorf("came back as %q", got)
	}
}
