package raon_test

import (
	"fmt"
	"log/slog"

	"github.com/raon-engine/raon"
)

// A program with a main loop of its own drives the core from there.
func ExampleCore_HandleCompletions() {
	core, err := raon.NewCore(raon.CoreOptions{Manual: true, Driver: "sim", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	frame := 0
	_ = core.PushJob(func() { frame = 60 }) // the inbox is empty: it has room
	for frame < 60 {
		if _, err := core.HandleCompletions(0); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println("frame", frame, core.Close())
	// Output: frame 60 <nil>
}

func ExampleParseAddr() {
	for _, text := range []string{"tcp://127.0.0.1:7777", "[::1]:7777", ":7777", "unix:///run/raon.sock"} {
		addr, err := raon.ParseAddr(text)
		fmt.Println(addr, err)
	}
	// Output:
	// tcp://127.0.0.1:7777 <nil>
	// tcp://[::1]:7777 <nil>
	// tcp://[::]:7777 <nil>
	// unix:///run/raon.sock <nil>
}

func ExampleCore_PushJob() {
	core, err := raon.NewCore(raon.CoreOptions{Workers: 1, Driver: "sim", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	done := make(chan int)
	if err := core.PushJob(func() { done <- 6 * 7 }); err != nil { // on a worker
		fmt.Println(err)
	}
	fmt.Println(<-done, core.Close())
	// Output: 42 <nil>
}

func ExampleKickReason() {
	const kickCheater = raon.KickReasons + iota // an application's own follow the engine's
	fmt.Println(raon.KickSlowConsumer, kickCheater)
	// Output: slow-consumer application
}
