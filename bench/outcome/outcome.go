// Package outcome is what one run of the load generator reports, as JSON.
package outcome

// Run is one measured window. A message is an echoed frame, one delivery in a
// room, one connection of a churn run.
type Run struct {
	Mode         string  `json:"mode"`
	Conns        int     `json:"conns"`
	Depth        int     `json:"depth"`
	PayloadBytes int     `json:"payload_bytes"`
	RateOffered  float64 `json:"rate_offered,omitempty"` // frames per second, open loop

	Seconds   float64 `json:"seconds"`
	Messages  uint64  `json:"messages"`
	PerSecond float64 `json:"per_second"`
	Latency   Latency `json:"latency"`

	// CPU seconds, user and system, within the window. The server's are zero
	// when its process is not known. Foreign is everything else that ran on the
	// machine, in cores.
	ServerCPUSeconds    float64 `json:"server_cpu_seconds"`
	GeneratorCPUSeconds float64 `json:"generator_cpu_seconds"`
	ForeignCores        float64 `json:"foreign_cores"`

	// Resident bytes of the server: after the first connection has been served,
	// and at the end of the window.
	RSSBeforeBytes uint64 `json:"rss_before_bytes"`
	RSSAfterBytes  uint64 `json:"rss_after_bytes"`

	// Wrong is frames with a wrong size, id, order or payload and connections
	// that ended by themselves; Missing is frames that never came.
	Wrong      uint64 `json:"wrong"`
	Missing    uint64 `json:"missing"`
	FirstWrong string `json:"first_wrong,omitempty"`
}

// Latency is in microseconds. In an open loop it counts from the moment a frame
// was due, in a closed loop from the moment it was sent.
type Latency struct {
	P50  float64 `json:"p50_us"`
	P90  float64 `json:"p90_us"`
	P99  float64 `json:"p99_us"`
	P999 float64 `json:"p999_us"`
	Max  float64 `json:"max_us"`
	Mean float64 `json:"mean_us"`
}

// CPUPerMessage returns the server's CPU microseconds per message.
func (r Run) CPUPerMessage() float64 { return r.perMessage(r.ServerCPUSeconds * 1e6) }

// GeneratorBusy returns the share of its core that the generator used.
func (r Run) GeneratorBusy() float64 { return r.perSecond(r.GeneratorCPUSeconds) }

// ServerBusy returns the cores that the server used.
func (r Run) ServerBusy() float64 { return r.perSecond(r.ServerCPUSeconds) }

// BytesPerConn returns by how much the server grew for each connection after
// the first.
func (r Run) BytesPerConn() float64 {
	if r.Conns < 2 {
		return 0
	}
	return (float64(r.RSSAfterBytes) - float64(r.RSSBeforeBytes)) / float64(r.Conns-1)
}

func (r Run) perMessage(v float64) float64 {
	if r.Messages == 0 {
		return 0
	}
	return v / float64(r.Messages)
}

func (r Run) perSecond(v float64) float64 {
	if r.Seconds == 0 {
		return 0
	}
	return v / r.Seconds
}
