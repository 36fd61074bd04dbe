package packet

import (
	"sync"

	"github.com/raon-engine/raon"
)

// Logins is who is logged in: one connection per key, the newest. A player who
// comes back before the server has noticed that the old connection is dead gets
// in at once. The zero Logins is ready; any goroutine may call its methods. It
// holds an entry per Claim until its Release, so at most one per connection.
type Logins[S any, K comparable] struct {
	mu sync.Mutex
	by map[K]raon.SessionRef
}

// Claim makes c the connection of key, and ends the one before, if there is one,
// with KickSuperseded: its peer is told why. Call it when the peer is known, and
// in OnResume; c's OnDisconnect calls Release.
func (l *Logins[S, K]) Claim(key K, c *Conn[S]) {
	ref := c.Ref()
	l.mu.Lock()
	if l.by == nil {
		l.by = map[K]raon.SessionRef{}
	}
	old := l.by[key]
	l.by[key] = ref
	l.mu.Unlock()
	if old != ref {
		supersede[S](old)
	}
}

// supersede ends a connection for a newer one. It has ended already if that fails;
// a worker that has no room for the job has it reset instead.
func supersede[S any](old raon.SessionRef) {
	err := old.PushJob(func(s *raon.Session) {
		ConnOf[S](s).Kick(raon.KickSuperseded, "logged in elsewhere")
	})
	if err != nil {
		_ = old.Abort(raon.KickSuperseded) // nothing more can be done to it
	}
}

// Release takes c out, and tells whether it was still key's connection: if not, a
// newer one is, and stays.
func (l *Logins[S, K]) Release(key K, c *Conn[S]) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by[key] != c.Ref() {
		return false
	}
	delete(l.by, key)
	return true
}

// Find is the connection of key, which may have ended since. ok tells whether
// there is one.
func (l *Logins[S, K]) Find(key K) (ref raon.SessionRef, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ref, ok = l.by[key]
	return ref, ok
}

// Len is how many are logged in.
func (l *Logins[S, K]) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.by)
}
