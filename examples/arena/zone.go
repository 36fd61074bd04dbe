package main

import (
	"math"
	"math/rand/v2"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/aoi"
	"github.com/raon-engine/raon/job"
	"github.com/raon-engine/raon/packet"
)

// zone is the map and who is on it. All of it is the strand's.
type zone struct {
	core    *raon.Core
	strand  *job.Strand
	grid    *aoi.Grid
	side    float64
	walkers map[uint64]*walker
	place   *packet.Message[Place]
	ticks   int
	missed  int
}

// walker is one that can see and be seen.
type walker struct {
	ref    raon.SessionRef
	seenBy *raon.Group // its members hear where it is
	x, y   float64
	moved  bool
}

// newZone makes a map on which each of so many walkers sees a dozen others.
func newZone(core *raon.Core, walkers int) (*zone, error) {
	z := &zone{core: core, side: 20 * math.Sqrt(float64(walkers)), walkers: map[uint64]*walker{}}
	var err error
	if z.grid, err = aoi.New(aoi.Options{MaxX: z.side, MaxY: z.side, CellSize: 25, Margin: 5}, z); err != nil {
		return nil, err
	}
	if z.strand, err = job.New(core, job.Options{Name: "zone", Queue: 1 << 16, Slice: 1024}); err != nil {
		return nil, err
	}
	_, err = z.strand.Every(tick, z.tick)
	return z, err
}

// protocol is the server's side. Sessions are on many workers; what they want of
// the zone is a job for its strand. One that is flooded leaves steps out.
func (z *zone) protocol() (func() raon.Handler, error) {
	p := packet.NewProtocol(packet.Options{}, packet.Hooks[struct{}]{
		OnConnect: func(c *packet.Conn[struct{}]) {
			ref, id := c.Ref(), c.Session().ID()
			if z.strand.Push(func() { z.enter(id, ref) }) != nil {
				c.Kick(raon.KickDisconnect, "the zone is full")
			}
		},
		OnDisconnect: func(c *packet.Conn[struct{}], _ raon.KickReason, _ error) {
			id := c.Session().ID()
			_ = z.strand.Push(func() { z.leave(id) }) // else the tick finds it gone
		},
	})
	z.place = packet.Define(p, placeSpec, packet.Fixed[Place]())
	packet.Handle(p, stepSpec, packet.Fixed[Step](), func(c *packet.Conn[struct{}], m *Step) {
		id, step := c.Session().ID(), *m
		_ = z.strand.Push(func() { z.step(id, step) })
	})
	return p.Handlers()
}

func (z *zone) enter(id uint64, ref raon.SessionRef) {
	w := &walker{ref: ref, seenBy: z.core.NewGroup("sight"), x: rand.Float64() * z.side, y: rand.Float64() * z.side}
	z.walkers[id] = w
	if z.grid.Add(id, w.x, w.y) != nil {
		delete(z.walkers, id)
		_ = ref.Disconnect(raon.KickDisconnect) // it has ended if that fails
	}
}

func (z *zone) leave(id uint64) {
	if z.walkers[id] != nil {
		_ = z.grid.Remove(id) // it was added
		delete(z.walkers, id)
	}
}

func (z *zone) step(id uint64, s Step) {
	if w := z.walkers[id]; w != nil {
		w.x, w.y = w.x+float64(s.DX), w.y+float64(s.DY)
		w.moved = true
	}
}

// tick moves who wants to move, and tells those who see it. A place that a slow
// peer has not got yet is replaced by the next one.
func (z *zone) tick(missed int) {
	z.ticks++
	z.missed += missed
	for id, w := range z.walkers {
		if !w.ref.Valid() {
			z.leave(id)
			continue
		}
		if !w.moved {
			continue
		}
		w.moved = false
		_ = z.grid.Move(id, w.x, w.y) // it is there, at a position
		w.x, w.y, _ = z.grid.Position(id)
		buf, err := z.place.EncodeShared(z.core.Buffers(), &Place{Who: id, X: float32(w.x), Y: float32(w.y)})
		if err == nil {
			_ = w.seenBy.Broadcast(buf, z.place.ID(), raon.BroadcastOptions{Key: id}) // the next tick tells again
		}
	}
}

// Enter, Leave and Move are the grid's deltas: who hears of whom.
func (z *zone) Enter(who, subject uint64) {
	_ = z.walkers[who].ref.Join(z.walkers[subject].seenBy) // it has ended if that fails
}

func (z *zone) Leave(who, subject uint64) {
	_ = z.walkers[who].ref.Leave(z.walkers[subject].seenBy)
}

func (z *zone) Move(uint64, uint64) {}
