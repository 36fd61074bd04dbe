package port

import (
	"testing"

	"github.com/raon-engine/raon/internal/invariant"
)

func TestCheckFindsWhatMakesNoSense(t *testing.T) {
	for _, c := range []struct {
		what string
		op   Op
		ok   bool
	}{
		{"no type", Op{}, false},
		{"a type there is not", Op{Type: opTypes}, false},
		{"a job", Op{Type: OpJob}, true},
		{"a send of nothing", Op{Type: OpSend}, true},
		{"a send of the most slices", Op{Type: OpSend, Bufs: make([][]byte, MaxGather)}, true},
		{"a send of one slice more", Op{Type: OpSend, Bufs: make([][]byte, MaxGather+1)}, false},
		{"a write of too many slices", Op{Type: OpFileWrite, Bufs: make([][]byte, MaxGather+1)}, false},
		{"a read into nothing", Op{Type: OpFileRead}, false},
		{"a read into two", Op{Type: OpFileRead, Bufs: make([][]byte, 2)}, false},
		{"a connect to nowhere", Op{Type: OpConnect}, false},
		{"a connect", Op{Type: OpConnect, Addr: &Addr{}}, true},
		{"a disconnect without How", Op{Type: OpDisconnect}, false},
		{"an abort", Op{Type: OpDisconnect, How: HowAbort}, true},
		{"a disconnect beyond How", Op{Type: OpDisconnect, How: HowAbort + 1}, false},
	} {
		if got := passes(&c.op); got != c.ok {
			t.Errorf("%s passes: %v", c.what, got)
		}
	}
}

func passes(op *Op) (ok bool) {
	defer func() {
		if _, found := recover().(invariant.Violation); found {
			ok = false
		}
	}()
	op.Check()
	return true
}

// TestTakes holds which operations each kind of handle takes, the contract's
// table.
func TestTakes(t *testing.T) {
	takes := map[Kind][]OpType{
		KindListener: {OpAccept, OpPreRecv, OpDisconnect},
		KindStream:   {OpConnect, OpPreRecv, OpRecv, OpSend, OpDisconnect},
		KindFile:     {OpFileWrite, OpFileRead, OpFileSync, OpFileTruncate, OpDisconnect},
		KindOther:    {OpPreRecv, OpDisconnect},
	}
	for kind, types := range takes {
		want := map[OpType]bool{}
		for _, typ := range types {
			want[typ] = true
		}
		for typ := OpAccept; typ < OpJob; typ++ {
			if kind.Takes(typ) != want[typ] {
				t.Errorf("kind %d takes %v: %v", kind, typ, kind.Takes(typ))
			}
		}
	}
}
