package porttest

import "github.com/raon-engine/raon/internal/port"

// attachment is the part that everything attached to a port has in common.
type attachment struct {
	l       *loop
	self    object // the Object that embeds this
	kind    port.Kind
	handle  port.Handle
	ref     port.Ref
	end     task // Disconnect
	pending int  // ops of this attachment, end included
	gone    bool // closed, or detached

	pass      uint64 // the last Poll that had bytes for this
	passBytes int    // and how many
}

// object is what the suite attaches: a listener, a stream, a file or other.
type object interface {
	port.Object
	base() *attachment
}

func (a *attachment) base() *attachment             { return a }
func (a *attachment) SessionType() port.SessionType { return port.SessionUnknown }
func (a *attachment) Handle() port.Handle           { return a.handle }
func (a *attachment) HandleCompletion(*port.Event)  {}

// disconnect submits the Disconnect without waiting for its end.
func (a *attachment) disconnect(how port.How) {
	a.l.t.Helper()
	a.end.op = port.Op{Type: port.OpDisconnect, How: how, Target: a.ref}
	a.l.submit(&a.end)
}

// close disconnects and waits for the end, which must be a success.
func (a *attachment) close(how port.How) {
	a.l.t.Helper()
	a.disconnect(how)
	a.l.ended("disconnect", &a.end)
	if a.end.err != nil {
		a.l.fatalf("disconnect ended with %v", a.end.err)
	}
}

// checkPass holds the sum of one Poll's bytes against PassBytes.
func (a *attachment) checkPass(n int) {
	if a.pass != a.l.passes {
		a.pass, a.passBytes = a.l.passes, 0
	}
	if a.passBytes += n; a.passBytes > port.PassBytes {
		a.l.fatalf("one Poll returned %d bytes of one attachment, more than PassBytes", a.passBytes)
	}
}
