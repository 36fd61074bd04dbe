package raon

// Shutdown begins the end of everything and returns at once: services stop
// accepting and reading, flush what was sent, and close their sessions with
// KickShutdown, each within its DrainTimeout. A second call aborts what is
// left. Any goroutine, callbacks included.
func (c *Core) Shutdown() {
	c.mu.Lock()
	again := c.closing
	c.closing = true
	services := append([]*Service(nil), c.services...)
	c.mu.Unlock()
	for _, s := range services {
		if again {
			s.ResetPool(KickShutdown)
			continue
		}
		s.Drain(s.drainTimeout)
	}
	if len(services) == 0 {
		c.stopWorkers()
	}
}

// Wait returns when every worker has ended, with the first error of a port. It
// must not be called by a callback: the worker would wait for itself. A manual
// core ends inside HandleCompletions, so another goroutine has to wait for it.
func (c *Core) Wait() error {
	<-c.ended
	c.offload.close()
	return c.failure
}

// Close ends everything at once: Shutdown twice, then Wait. On a manual core
// the caller is the one that drives it: Close runs the remaining turns itself.
func (c *Core) Close() error {
	c.Shutdown()
	c.Shutdown()
	if c.opts.Manual {
		return c.closeManual()
	}
	return c.Wait()
}

// serviceEnded forgets s; the last one of a closing core ends the workers. Any
// goroutine.
func (c *Core) serviceEnded(s *Service) {
	c.mu.Lock()
	for i, x := range c.services {
		if x == s {
			c.services = append(c.services[:i], c.services[i+1:]...)
			break
		}
	}
	last := c.closing && len(c.services) == 0
	c.mu.Unlock()
	if last {
		c.stopWorkers()
	}
}

// addService admits s and starts it, unless the core is closing. Both happen
// under the lock, so that a Shutdown comes wholly before or wholly after.
func (c *Core) addService(s *Service, start func()) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return ErrClosed
	}
	c.services = append(c.services, s)
	start()
	return nil
}

// stopWorkers asks every worker to end after its current turn.
func (c *Core) stopWorkers() {
	for _, w := range c.workers {
		w.stop()
	}
}

// workerEnded is each worker's last word. The last worker's ends the core.
func (c *Core) workerEnded(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failure == nil {
		c.failure = err
	}
	c.running--
	if c.running > 0 {
		return
	}
	c.guard.stop()
	for _, s := range c.services { // a broken port has kept them from ending
		for _, l := range s.listeners {
			l.leave()
		}
	}
	c.shared.Close()
	close(c.ended)
}
