//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
)

// server is one row of the tables: a program with one setting.
type server struct {
	name   string
	family string // settings of one engine; a ratio is against the best of a family
	source string // folder of a Go program, or a C file
	tags   string // of the Go build
	args   []string
	env    []string
}

// twoProcs lets the runtime hand a second P over while one is in a system call.
var twoProcs = []string{"GOMAXPROCS=2"}

// gnetTags choose gnet's faster poller and its table of connections for fewer
// pointers.
const gnetTags = "poll_opt,gc_opt"

var servers = []server{
	{name: "raon-uring", family: "raon", source: "servers/raon", args: []string{"-driver", "uring"}},
	{name: "raon-epoll", family: "raon", source: "servers/raon", args: []string{"-driver", "epoll"}},
	{name: "c-uring", family: "c", source: "reference/uring.c"},
	{name: "c-epoll", family: "c", source: "reference/epoll.c"},
	{name: "gnet-p1", family: "gnet", source: "servers/gnet"},
	{name: "gnet-p2", family: "gnet", source: "servers/gnet", env: twoProcs},
	{name: "gnet-opt-p1", family: "gnet", source: "servers/gnet", tags: gnetTags},
	{name: "gnet-opt-p2", family: "gnet", source: "servers/gnet", tags: gnetTags, env: twoProcs},
	{name: "nbio-p1", family: "nbio", source: "servers/nbio"},
	{name: "nbio-p2", family: "nbio", source: "servers/nbio", env: twoProcs},
	{name: "netpoll-p1", family: "netpoll", source: "servers/netpoll"},
	{name: "netpoll-p2", family: "netpoll", source: "servers/netpoll", env: twoProcs},
	{name: "stdnet-p1", family: "stdnet", source: "servers/stdnet"},
	{name: "stdnet-p2", family: "stdnet", source: "servers/stdnet", env: twoProcs},
}

// chooseServers takes names and families, separated by commas, in catalogue
// order; "all" is everything.
func chooseServers(list string) ([]server, error) {
	words := strings.Split(list, ",")
	for _, w := range words {
		known := func(s server) bool { return w == "all" || w == s.name || w == s.family }
		if !slices.ContainsFunc(servers, known) {
			return nil, fmt.Errorf("unknown server %q", w)
		}
	}
	var chosen []server
	for _, s := range servers {
		if slices.Contains(words, "all") || slices.Contains(words, s.name) || slices.Contains(words, s.family) {
			chosen = append(chosen, s)
		}
	}
	return chosen, nil
}
