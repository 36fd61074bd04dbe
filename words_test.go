package raon

import (
	"testing"
	"time"
)

func TestKickReasonsHaveNames(t *testing.T) {
	seen := map[string]KickReason{}
	for r := range KickReasons {
		name := r.String()
		if name == "" || name == "application" {
			t.Errorf("reason %d has no name", r)
		}
		if other, taken := seen[name]; taken {
			t.Errorf("reasons %d and %d are both called %q", other, r, name)
		}
		seen[name] = r
	}
	if s := KickReason(200).String(); s != "application" {
		t.Errorf("a reason of the application's own is called %q", s)
	}
}

// TestKickReasonsOnTheWire holds the numbers that logs and peers know.
func TestKickReasonsOnTheWire(t *testing.T) {
	for i, r := range []KickReason{
		KickNoLog, KickUnknown, KickPacketError, KickDisconnect, KickSendError, KickRecv0, KickRecvBufferFull,
		KickCompletionError, KickSlowConsumer, KickIdle, KickFlood, KickAuthTimeout, KickSuperseded, KickShutdown,
		KickPanic, KickRejected, KickHalfCloseTimeout, KickLayerError,
	} {
		if int(r) != i {
			t.Errorf("%v is %d, want %d: the numbers are append only", r, r, i)
		}
	}
}

func TestServiceTypeNames(t *testing.T) {
	if ServiceServer.String() != "server" || ServiceClient.String() != "client" {
		t.Errorf("the types are called %q and %q", ServiceServer, ServiceClient)
	}
}

func TestRateLimit(t *testing.T) {
	var r rateLimit
	allowed := 0
	for now := time.Duration(0); now < 10*time.Second; now += 10 * time.Millisecond {
		if r.allow(now) {
			allowed++
		}
	}
	if allowed != 10 {
		t.Errorf("%d in ten seconds, want one per second", allowed)
	}
	if !r.allow(time.Hour) {
		t.Error("refused after a pause")
	}
}
