// Package serve holds what the benchmark servers have in common: their flags.
package serve

import (
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
)

// Options are the flags that every server takes.
type Options struct {
	Addr  string // host:port
	Room  bool   // every frame goes to every session, else back to its sender
	Procs int    // event loops
}

// Parse reads the flags, those that the caller declared as well, and ends the
// process when they make no sense.
func Parse() Options {
	addr := flag.String("addr", "127.0.0.1:7000", "listen here")
	mode := flag.String("mode", "echo", "echo or room")
	procs := flag.Int("procs", 1, "event loops; a room runs on one")
	flag.Parse()
	o := Options{Addr: *addr, Room: *mode == "room", Procs: *procs}
	if err := o.check(*mode); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	return o
}

func (o Options) check(mode string) error {
	switch {
	case mode != "echo" && mode != "room":
		return fmt.Errorf("-mode %q: want echo or room", mode)
	case o.Procs < 1:
		return fmt.Errorf("-procs %d: want 1 or more", o.Procs)
	case o.Room && o.Procs != 1:
		return fmt.Errorf("-procs %d: a room runs on one loop", o.Procs)
	case flag.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flag.Arg(0))
	}
	return nil
}

// LimitProcs sets GOMAXPROCS to n, unless the environment already did.
func LimitProcs(n int) {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(n)
	}
}

// Must ends the process on an error.
func Must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
