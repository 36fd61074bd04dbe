package raon_test

import (
	"testing"

	"github.com/raon-engine/raon"
)

// TestListenersAreHandedOver moves a listening socket from one core to another:
// sessions of the first go on, and who connects in between is served by the
// second.
func TestListenersAreHandedOver(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		first := st.core(raon.CoreOptions{})
		server := st.serve(first, raon.ServerOptions{}, echo)
		addr := server.addr()
		old := st.wire(addr)
		old.write([]byte("old"))
		old.expect([]byte("old"))

		handles, err := server.Surrender()
		if !st.caps().Detach {
			mustBe(t, "Surrender", err, raon.ErrNotSupported)
			staysAtHome(st, addr)
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		between := st.wire(addr) // the backlog takes it
		between.write([]byte("between"))

		second := st.core(raon.CoreOptions{})
		heir := st.serve(second, raon.ServerOptions{Adopt: handles}, echo)
		if heir.addr() != addr {
			t.Errorf("the heir listens on %v, want %v", heir.addr(), addr)
		}
		between.expect([]byte("between"))
		old.write([]byte("er"))
		old.expect([]byte("older"))
		if n := heir.Snapshot().Accepted; n != 1 {
			t.Errorf("the heir accepted %d, want 1", n)
		}
	})
}

// staysAtHome shows that a listener that could not be handed over still accepts.
func staysAtHome(st *stage, addr raon.Addr) {
	w := st.wire(addr)
	w.write([]byte("still here"))
	w.expect([]byte("still here"))
}

func TestSurrenderOfADrainingService(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{}, nil)
		w := st.wire(server.addr()) // keeps the service from ending
		server.peer(0).session()
		server.Drain(patience)
		_, err := server.Surrender()
		mustBe(t, "Surrender after Drain", err, raon.ErrClosed)
		_ = w.readAll() // clean or reset: the drain's tests tell
	})
}
