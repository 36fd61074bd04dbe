// Package frees tells ports that ran out of handles when one was closed, so that
// accepting goes on at once and not only after a while.
package frees
