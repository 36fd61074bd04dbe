// Command load is a load generator for frame servers: one thread, raw epoll, no
// garbage collection, every answer checked. It prints one outcome.Run as JSON.
package main
