//go:build linux

package main

import (
	"math"
	"time"
)

const (
	probeSender = math.MaxUint32
	probeWait   = 200 * time.Millisecond
	probes      = 25
)

// room expects every frame on every connection, each sender's in order. In a
// closed loop a sender has depth frames outstanding and sends the next when its
// own comes back. In an open loop the senders take turns at a fixed rate, and a
// frame counts from the moment it was due, however late it left: what a stalled
// server delays is not left out.
type room struct {
	*client
	next  []uint32 // by receiver and sender: the sequence number expected
	began int64    // when frame 0 was due; 0 while members join
	sent  int64    // open loop: frames
}

func newRoom(c *client) *room {
	return &room{client: c, next: make([]uint32, c.cfg.conns*c.cfg.senders)}
}

func (r *room) begin() error {
	if err := r.connect(1); err != nil {
		return err
	}
	r.meter.baseline()
	if err := r.connect(r.cfg.conns); err != nil {
		return err
	}
	if err := r.join(); err != nil {
		return err
	}
	r.began = r.now()
	if r.cfg.rate > 0 {
		return nil
	}
	for _, k := range r.conns[:r.cfg.senders] {
		r.say(k, r.cfg.depth, r.now())
	}
	return nil
}

// join sends probes until one has come to everybody: a server may take a
// connection into the room after it was accepted.
func (r *room) join() error {
	var err error
	for n := range uint32(probes) {
		first := r.conns[0]
		first.out = r.stamps.append(r.grow(first.out), stamp{sender: probeSender, seq: n + 1})
		r.flush(first)
		everybody := func() bool {
			for _, k := range r.conns {
				if k.probe != n+1 {
					return false
				}
			}
			return true
		}
		if err = r.until(probeWait, everybody); err == nil {
			return nil
		}
	}
	return err
}

func (r *room) say(k *conn, n int, at int64) {
	r.pending += n * r.cfg.conns
	r.send(k, n, at)
}

func (r *room) answered(k *conn, st stamp, now int64) {
	if st.sender == probeSender {
		k.probe = st.seq
		return
	}
	r.pending--
	if st.sender >= uint32(r.cfg.senders) {
		r.meter.wrong("unknown sender")
		return
	}
	next := &r.next[k.index*r.cfg.senders+int(st.sender)]
	if st.seq != *next {
		r.meter.wrong("order in a room")
	}
	*next = st.seq + 1
	r.meter.message(now - st.at)
	if st.sender == uint32(k.index) {
		k.owed++
	}
}

func (r *room) read(k *conn) {
	n := k.owed
	k.owed = 0
	if r.cfg.rate > 0 {
		r.pace(r.now())
		return
	}
	if n > 0 && !r.ending {
		r.say(k, n, r.now())
	}
}

func (r *room) pace(now int64) int64 {
	if r.cfg.rate == 0 || r.began == 0 || r.ending {
		return math.MaxInt64
	}
	due := r.due()
	for ; due <= now; due = r.due() {
		k := r.conns[r.sent%int64(r.cfg.senders)]
		r.sent++
		r.say(k, 1, due)
	}
	return due
}

// due is when the next frame is.
func (r *room) due() int64 {
	return r.began + int64(float64(r.sent)*1e9/r.cfg.rate)
}
