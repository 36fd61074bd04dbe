package room

import (
	"sync"
	"testing"

	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// ear keeps what it hears, write by write.
type ear struct{ heard []string }

func (e *ear) Put(p []byte) { e.heard = append(e.heard, string(p)) }

func TestFlushJoins(t *testing.T) {
	var r Room
	a, b := new(ear), new(ear)
	r.Join(a)
	r.Join(b)
	if !r.Collect([]byte("one")) {
		t.Error("the first frame calls for no flush")
	}
	if r.Collect([]byte("two")) {
		t.Error("the second calls for another flush")
	}
	r.Flush()
	r.Leave(a)
	r.Say([]byte("three"))
	if len(a.heard) != 1 || a.heard[0] != "onetwo" {
		t.Errorf("a member that left heard %q", a.heard)
	}
	if len(b.heard) != 2 || b.heard[0] != "onetwo" || b.heard[1] != "three" {
		t.Errorf("a member heard %q", b.heard)
	}
}

// talker says something while it is told something.
type talker struct {
	ear
	room *Room
	once sync.Once
}

func (k *talker) Put(p []byte) {
	k.ear.Put(p)
	k.once.Do(func() { k.room.Say([]byte("more")) })
}

func TestSayDuringFlush(t *testing.T) {
	r := new(Room)
	k := &talker{room: r}
	r.Join(k)
	r.Say([]byte("first"))
	if len(k.heard) != 2 || k.heard[1] != "more" {
		t.Fatalf("heard %q, want what came in meanwhile as well", k.heard)
	}
}

func TestManySayAtOnce(t *testing.T) {
	const speakers, each = 4, 500
	r, e := new(Room), new(ear)
	r.Join(e)
	var all sync.WaitGroup
	for range speakers {
		all.Go(func() {
			for range each {
				r.Say([]byte("x"))
			}
		})
	}
	all.Wait()
	bytes := 0
	for _, h := range e.heard {
		bytes += len(h)
	}
	if bytes != speakers*each {
		t.Fatalf("heard %d bytes of %d", bytes, speakers*each)
	}
}
