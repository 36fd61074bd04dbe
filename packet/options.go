package packet

import (
	"errors"
	"fmt"
)

// Options shape a Protocol. Zero means the default given.
type Options struct {
	Framing Framing

	// RecvBufferBytes is what the service's SessionOptions.RecvBufferBytes is;
	// 64 KiB, as there. Framing.MaxBytes is at most as much.
	RecvBufferBytes int

	// Rate bounds all packets of one session together; none.
	Rate Rate
}

// defaultRecvBufferBytes is raon.SessionOptions' own default.
const defaultRecvBufferBytes = 64 << 10

// normalized gives o with defaults filled in, or every fault at once.
func (o Options) normalized() (Options, header, error) {
	h, err := o.Framing.compile()
	errs := []error{err}
	if o.RecvBufferBytes == 0 {
		o.RecvBufferBytes = defaultRecvBufferBytes
	}
	if h.max > o.RecvBufferBytes {
		errs = append(errs, fmt.Errorf("Framing.MaxBytes %d: the session keeps an incomplete packet of up to RecvBufferBytes, %d",
			h.max, o.RecvBufferBytes))
	}
	if err := o.Rate.check(); err != nil {
		errs = append(errs, fmt.Errorf("Options.Rate: %w", err))
	}
	return o, h, errors.Join(errs...)
}
