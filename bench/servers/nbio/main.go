// Command nbio is a server on github.com/lesismal/nbio.
package main

import (
	"github.com/lesismal/nbio"
	"github.com/lesismal/nbio/logging"

	"github.com/raon-engine/raon/bench/serve"
)

func main() {
	o := serve.Parse()
	serve.LimitProcs(o.Procs)
	logging.SetLevel(logging.LevelError)
	engine := nbio.NewEngine(nbio.Config{Network: "tcp", Addrs: []string{o.Addr}, NPoller: o.Procs})
	if o.Room {
		serve.Must(startRoom(engine))
	} else {
		engine.OnOpen(func(c *nbio.Conn) { c.SetSession(new(session)) })
		engine.OnData(echo)
		serve.Must(engine.Start())
	}
	select {}
}

// echo runs on the poller; an error of Write closes the connection by itself.
func echo(c *nbio.Conn, data []byte) {
	if frames := c.Session().(*session).next(c, data); len(frames) > 0 {
		_, _ = c.Write(frames)
	}
}
