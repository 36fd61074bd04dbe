// Package driver chooses the port driver that a core runs on.
//
// A driver is tried by doing: a candidate has to move bytes over the loopback
// before it is chosen, since versions say little about what a container allows.
// A driver that was asked for by name is never replaced by another one.
package driver
