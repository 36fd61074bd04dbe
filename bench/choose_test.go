//go:build linux

package main

import (
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	for list, want := range map[string]string{
		"gnet": "gnet-p1 gnet-p2 gnet-opt-p1 gnet-opt-p2", "gnet-p2": "gnet-p2", "c,raon-epoll": "raon-epoll c-uring c-epoll",
	} {
		chosen, err := chooseServers(list)
		var names []string
		for _, s := range chosen {
			names = append(names, s.name)
		}
		if got := strings.Join(names, " "); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", list, got, err, want)
		}
	}
	if _, err := chooseServers("gnet,nonsense"); err == nil {
		t.Error("an unknown server is accepted")
	}
	if _, err := chooseWorkloads("E1@1,E9"); err == nil {
		t.Error("an unknown workload is accepted")
	}
}
