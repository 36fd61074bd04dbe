// Command stdnet is the standard library's server: a goroutine per connection,
// one write for all frames that one read brought.
package main
