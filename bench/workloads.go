//go:build linux

package main

import (
	"fmt"
	"strings"
)

// workload is one table: how the server runs, what the generator does, and by
// what the settings of a family are compared.
type workload struct {
	name string
	what string
	mode string // of the server
	load []string
	best criterion
}

var workloads = []workload{
	{"E1@1", "echo of 64 B, one frame outstanding, 1 connection", "echo", echoLoad(1, 1, 64), byRate},
	{"E1@100", "echo of 64 B, one frame outstanding on each of 100 connections", "echo", echoLoad(100, 1, 64), byRate},
	{"E1@1000", "echo of 64 B, one frame outstanding on each of 1,000 connections", "echo", echoLoad(1000, 1, 64), byRate},
	{"E1@10000", "echo of 64 B, one frame outstanding on each of 10,000 connections", "echo", echoLoad(10000, 1, 64), byRate},
	{"E2", "echo of 64 B, 16 frames outstanding on each of 1,000 connections", "echo", echoLoad(1000, 16, 64), byRate},
	{"E3", "echo of 4 KiB, one frame outstanding on each of 100 connections", "echo", echoLoad(100, 1, 4096), byRate},
	{"B1", "room of 500, 200 frames/s of 64 B: 100,000 deliveries/s offered", "room", roomLoad("-rate", "200"), byCPU},
	{"B2", "room of 500, 32 senders in a closed loop, to saturation", "room", roomLoad("-senders", "32"), byRate},
	{"B3", "room of 500, 2,000 frames/s of 64 B: 1,000,000 deliveries/s offered", "room", roomLoad("-rate", "2000"), byCPU},
	{"C1", "connect, echo once, close; 100 at a time", "echo", []string{"-mode", "churn", "-conns", "100"}, byRate},
	{"I1", "15,000 idle connections, each served once", "echo", []string{"-mode", "idle", "-conns", "15000"}, byMemory},
}

const defaultWorkloads = "E1@1,E1@100,E1@1000,E2,E3,B1,B2,C1,I1"

func echoLoad(conns, depth, payload int) []string {
	return []string{"-mode", "echo", "-conns", fmt.Sprint(conns), "-depth", fmt.Sprint(depth), "-payload", fmt.Sprint(payload)}
}

func roomLoad(more ...string) []string {
	return append([]string{"-mode", "room", "-conns", "500"}, more...)
}

// chooseWorkloads takes names separated by commas, in that order.
func chooseWorkloads(list string) ([]workload, error) {
	var chosen []workload
	for _, name := range strings.Split(list, ",") {
		w, err := findWorkload(name)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, w)
	}
	return chosen, nil
}

func findWorkload(name string) (workload, error) {
	for _, w := range workloads {
		if strings.EqualFold(w.name, name) {
			return w, nil
		}
	}
	return workload{}, fmt.Errorf("unknown workload %q", name)
}

// resting tells that nothing is sent in the window.
func (w workload) resting() bool { return w.load[1] == "idle" }
