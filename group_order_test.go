package raon_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/buffer"
	"github.com/raon-engine/raon/raontest"
)

// groupModel plays random sends, broadcasts, joins and leaves on one worker and
// knows what every member has to hear, byte for byte: the same as if each
// broadcast were queued at each member at once.
type groupModel struct {
	t      *testing.T
	random *rand.Rand
	lab    *raontest.Lab
	server *raon.Service
	groups []*raon.Group
	seats  []*seat
	told   []*sentSeat // those of them that are told
	number uint32
}

// seat is one session of the model, and its Handler.
type seat struct {
	ref  raon.SessionRef
	peer *raontest.Peer
	in   []bool // by group
	want []byte
	gone bool
}

func (s *seat) OnConnect(x *raon.Session, _ error)                 { s.ref = x.Ref() }
func (s *seat) OnRecv(_ *raon.Session, data []byte) int            { return len(data) }
func (s *seat) OnDisconnect(*raon.Session, raon.KickReason, error) { s.gone = true }

// sentSeat is a seat that is told of each packet that has left.
type sentSeat struct {
	seat
	left  int
	total int // bytes
}

func (s *sentSeat) OnSend(_ *raon.Session, n int, _ uint16) { s.left++; s.total += n }

const modelGroups = 3

func newGroupModel(t *testing.T, seed uint64, policy raon.QueuePolicy) *groupModel {
	m := &groupModel{t: t, random: rand.New(rand.NewPCG(seed, 5))}
	m.lab = raontest.New(t, raontest.Options{Seed: seed, Core: raon.CoreOptions{Logger: discard}})
	addr, err := raon.ParseAddr("10.0.0.1:7777")
	if err != nil {
		t.Fatal(err)
	}
	m.server, err = m.lab.Core().RegisterServer(raon.ServerOptions{
		Listen: []raon.Addr{addr}, MaxSessions: 6,
		Session: raon.SessionOptions{Policy: policy, QueueBytes: 64 << 20},
		NewHandler: func() raon.Handler {
			if m.random.IntN(3) == 0 {
				s := new(sentSeat)
				m.seats, m.told = append(m.seats, &s.seat), append(m.told, s)
				return s
			}
			m.seats = append(m.seats, new(seat))
			return m.seats[len(m.seats)-1]
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range modelGroups {
		m.groups = append(m.groups, m.lab.Core().NewGroup(fmt.Sprint(i)))
	}
	for i := range 6 {
		p := m.lab.Dial(addr)
		m.lab.Run("a session", func() bool { return len(m.seats) > i && m.seats[i].ref.Valid() })
		m.seats[i].peer, m.seats[i].in = p, make([]bool, modelGroups)
	}
	return m
}

// packet makes the next packet, now and then a large one.
func (m *groupModel) packet() []byte {
	n := 8 + m.random.IntN(60)
	if m.random.IntN(12) == 0 {
		n = 3000 + m.random.IntN(90_000)
	}
	m.number++
	p := pattern(int(m.number), n)
	binary.LittleEndian.PutUint32(p, m.number)
	return p
}

// play runs some steps as one callback of a session.
func (m *groupModel) play() {
	at := m.seats[m.random.IntN(len(m.seats))]
	played := false
	err := at.ref.PushJob(func(s *raon.Session) {
		for range 1 + m.random.IntN(12) {
			m.step(at, s)
		}
		played = true
	})
	if at.gone {
		mustBe(m.t, "PushJob", err, raon.ErrSessionClosed)
		return
	}
	mustBe(m.t, "PushJob", err, nil)
	if m.random.IntN(3) > 0 {
		m.lab.Run("the steps", func() bool { return played })
	}
}

func (m *groupModel) step(at *seat, s *raon.Session) {
	g := m.random.IntN(modelGroups)
	switch m.random.IntN(10) {
	case 0, 1:
		p := m.packet()
		at.hears(p, m.send(s, p))
	case 2, 3:
		p := m.packet()
		mustBe(m.t, "Broadcast", s.Broadcast(m.buffer(s, p), 7), nil)
		for _, x := range m.seats {
			x.hears(p, nil)
		}
	case 4, 5, 6, 7:
		m.tell(at, s, g)
	case 8:
		if m.random.IntN(4) > 0 {
			mustBe(m.t, "Join", m.groups[g].Join(s), nil)
			at.in[g] = true
			return
		}
		if left := m.groups[g].Leave(s); left != at.in[g] {
			m.t.Errorf("Leave is %v of a member: %v", left, at.in[g])
		}
		at.in[g] = false
	case 9:
		m.look(at, s)
	}
}

// tell broadcasts to a group, sometimes to all but the sender.
func (m *groupModel) tell(at *seat, s *raon.Session, g int) {
	p := m.packet()
	var opts raon.BroadcastOptions
	if m.random.IntN(2) == 0 {
		opts.Except = at.ref
	}
	mustBe(m.t, "BroadcastTo", s.BroadcastTo(m.groups[g], m.buffer(s, p), 7, opts), nil)
	for _, x := range m.seats {
		if x.in[g] && (x != at || opts.Except != at.ref) {
			x.hears(p, nil)
		}
	}
}

// look uses what has to bring the queue up to date itself.
func (m *groupModel) look(at *seat, s *raon.Session) {
	if m.random.IntN(2) == 0 {
		s.Flush()
		return
	}
	if q := s.Queued(); q > len(at.want) {
		m.t.Errorf("%d bytes queued, %d ever sent", q, len(at.want))
	}
}

func (s *seat) hears(p []byte, err error) {
	if err == nil && !s.gone {
		s.want = append(s.want, p...)
	}
}

func (m *groupModel) send(s *raon.Session, p []byte) error { return s.SendBytes(p, 7) }

// buffer makes a SendBuffer of the worker's or of the shared pool.
func (m *groupModel) buffer(s *raon.Session, p []byte) buffer.SendBuffer {
	if m.random.IntN(4) == 0 {
		return m.lab.Core().Buffers().Copy(p)
	}
	w := s.Open(len(p))
	copy(w.Bytes(), p)
	return w.Close(len(p))
}

// end disconnects everybody and compares: what was broadcast before has to come.
func (m *groupModel) end() {
	for i, x := range m.seats {
		parted := false
		mustBe(m.t, "PushJob", x.ref.PushJob(func(s *raon.Session) {
			p := m.packet()
			mustBe(m.t, "Broadcast", s.Broadcast(m.buffer(s, p), 7), nil)
			for _, y := range m.seats[i:] {
				y.hears(p, nil)
			}
			s.Disconnect(raon.KickDisconnect)
			parted = true
			mustBe(m.t, "Join", m.groups[0].Join(s), raon.ErrSessionClosed)
		}), nil)
		m.lab.Run("all of it", func() bool { return parted && len(x.peer.Received()) >= len(x.want) })
		x.peer.Close()
		m.lab.Run("the end", func() bool { return x.gone })
	}
	for i, x := range m.seats {
		if got := x.peer.Received(); !bytes.Equal(got, x.want) {
			at := 0
			for at < min(len(got), len(x.want)) && got[at] == x.want[at] {
				at++
			}
			m.t.Errorf("seat %d heard %d bytes, want %d; the first %d agree", i, len(got), len(x.want), at)
		}
	}
	for _, x := range m.told {
		if x.total != len(x.want) || x.left > int(m.number) {
			m.t.Errorf("OnSend told of %d packets with %d bytes, want %d bytes", x.left, x.total, len(x.want))
		}
	}
	for _, g := range m.groups {
		if g.Len() != 0 {
			m.t.Errorf("%d members of a group whose members have all gone", g.Len())
		}
	}
}

// TestBroadcastsKeepTheOrderOfQueueing compares with the model, under a policy
// that takes the short way and one that queues packet by packet.
func TestBroadcastsKeepTheOrderOfQueueing(t *testing.T) {
	for seed := range uint64(60) {
		for _, policy := range []raon.QueuePolicy{raon.QueueDisconnect, raon.QueueTell} {
			t.Run(fmt.Sprintf("seed %d policy %d", seed, policy), func(t *testing.T) {
				m := newGroupModel(t, seed, policy)
				for range 60 {
					m.play()
				}
				m.end()
			})
		}
	}
}
