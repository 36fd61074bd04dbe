// Package packet turns a session's stream of bytes into packets: framing, a
// table of messages with their limits, codecs, and budgets.
//
// A [Protocol] is one end's view: which messages come in, who handles them, and
// which go out. It is filled once, and [Protocol.Handlers] then gives the
// NewHandler of a server or client service, or every fault of the table at once:
//
//	p := packet.NewProtocol(packet.Options{}, packet.Hooks[Player]{})
//	pos := packet.Define(p, packet.Spec{ID: 2001, Name: "pos"}, packet.Fixed[Pos]())
//	packet.Handle(p, packet.Spec{ID: 1001, Name: "move"}, packet.Fixed[Move](),
//		func(c *packet.Conn[Player], m *Move) { ... packet.Send(c, pos, &answer) ... })
//	newHandler, err := p.Handlers()
//
// A session's packets are handled one after the other in the order in which they
// came, on its worker, and what is sent leaves in the order sent. A handler that
// ends or pauses its session is the last: what came behind it in the same bytes
// is left, and comes at Resume.
//
// A peer that breaks the protocol (an id that is not in the table, a size
// outside its limits, a payload that its codec refuses) ends its own session with
// KickPacketError and an [*Error] that names the packet; one that exceeds a
// budget ends with KickFlood. Nobody else notices.
//
// With [Control] both ends also say hello with their versions, a server pings, a
// silent peer ends with KickIdle, and who is kicked learns why. [Auth] bounds what
// a peer may do before it is known. With [Resume] a state outlives its connection:
// the next one goes on with it, and gets what the last one missed.
//
// In the steady state nothing is allocated per packet: payloads are borrowed
// from the receive buffer, and messages are decoded into memory that a worker's
// sessions share, so both are valid until the handler returns and no longer.
package packet
