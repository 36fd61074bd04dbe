// Package epoll is the driver for Linux machines and containers where io_uring
// is missing or forbidden: epoll(7) under the completion machine of package
// ready. It needs Linux 4.16; from 5.11 on it waits with better than
// millisecond precision.
package epoll
