// Command nbio is a server on github.com/lesismal/nbio.
package main
