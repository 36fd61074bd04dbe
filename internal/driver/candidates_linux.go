//go:build linux

package driver

import (
	"github.com/raon-engine/raon/internal/driver/epoll"
	"github.com/raon-engine/raon/internal/driver/uring"
)

// native are Linux's own drivers, the preferred one first.
func native() []candidate {
	return []candidate{{"uring", uring.New}, {"epoll", epoll.New}}
}
