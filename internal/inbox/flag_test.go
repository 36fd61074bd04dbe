package inbox

import "testing"

func TestNotifyWhileAwakeNeedsNoWake(t *testing.T) {
	var f Flag
	for range 2 {
		if f.Notify() {
			t.Error("an awake consumer would be woken")
		}
	}
	if f.Sleep() {
		t.Error("the consumer sleeps on a notification")
	}
	if !f.Sleep() {
		t.Error("the notification was not taken up by the first Sleep")
	}
}

func TestOneOfManyWakes(t *testing.T) {
	var f Flag
	if !f.Sleep() {
		t.Fatal("a new flag does not sleep")
	}
	if !f.Notify() {
		t.Error("the first notification of a sleeper does not wake")
	}
	if f.Notify() {
		t.Error("the second notification of a sleeper wakes again")
	}
	f.Wake()
	if f.Notify() {
		t.Error("a consumer that is awake again would be woken")
	}
}

func TestWakeTakesUpNotifications(t *testing.T) {
	var f Flag
	f.Sleep()
	if f.Wake() { // a timeout
		t.Error("notified by nobody")
	}
	if f.Notify() {
		t.Error("a consumer that woke by itself would be woken")
	}
	if !f.Wake() {
		t.Error("Wake does not tell of a notification")
	}
	if f.Wake() {
		t.Error("Wake tells of a notification twice")
	}
	if !f.Sleep() {
		t.Error("Wake left a notification behind")
	}
}
