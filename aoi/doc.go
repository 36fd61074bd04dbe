// Package aoi tells who sees whom on a map: the area of interest of each entity,
// on a uniform grid. It does no I/O; what it says is to be sent by others.
//
// Sight is mutual, and there are two kinds. By cells, an entity sees every other
// one whose cell is at most Reach cells away from its own, in both directions: with
// a Reach of 1, the nine cells around it. That costs nothing to remember. By
// distance, with a Radius, it sees those in a circle, and MaxVisible of them at
// most, so that a crowd costs each of its members no more than that; who sees whom
// is remembered, in 8 bytes per sight.
//
// Deltas arise when an entity appears, comes into sight of another or leaves it, or
// goes.
package aoi
