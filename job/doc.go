// Package job has serial queues for what many sessions share: a room, a zone, an
// auction. A Strand's jobs run one after the other on whichever worker is free, so
// that what they touch needs no lock, and no worker waits for another's strand.
package job
