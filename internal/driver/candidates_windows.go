//go:build windows

package driver

import "github.com/raon-engine/raon/internal/driver/iocp"

// native is Windows' own driver.
func native() []candidate { return []candidate{{"iocp", iocp.New}} }
