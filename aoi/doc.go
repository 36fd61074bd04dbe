// Package aoi tells who sees whom on a map: the area of interest of each entity,
// on a uniform grid. It does no I/O; what it says is to be sent by others.
//
// An entity sees every other one whose cell is at most Reach cells away from its
// own, in both directions: with a Reach of 1, the nine cells around it. So sight is
// mutual, and costs nothing to remember. Deltas arise when an entity appears,
// crosses from one cell to another, or goes.
package aoi
