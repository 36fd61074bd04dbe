package driver

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/raon-engine/raon/internal/port"
)

// parseEnv reads RAON_DRIVER: a driver's name and sizes for its ports, as in
// "uring,sq=4,cq=4,buffers=2,bytes=512". Tests use it to make everything as
// small as it goes.
func parseEnv(env string) (name string, opts port.PortOptions, err error) {
	name, rest, _ := strings.Cut(env, ",")
	for rest != "" {
		var item string
		item, rest, _ = strings.Cut(rest, ",")
		key, value, _ := strings.Cut(item, "=")
		size := sizeOf(&opts, key)
		n, nerr := strconv.Atoi(value)
		if size == nil || nerr != nil || n < 1 {
			return "", opts, fmt.Errorf("RAON_DRIVER %q: %q: want sq=N, cq=N, buffers=N, bytes=N, slots=N or accepts=N", env, item)
		}
		*size = n
	}
	return name, opts, nil
}

// sizeOf is the field that key names, nil for none.
func sizeOf(opts *port.PortOptions, key string) *int {
	switch key {
	case "sq":
		return &opts.SubmitEntries
	case "cq":
		return &opts.CompleteEntries
	case "buffers":
		return &opts.RecvBuffers
	case "bytes":
		return &opts.RecvBufferBytes
	case "slots":
		return &opts.Slots
	case "accepts":
		return &opts.PostedAccepts
	}
	return nil
}
