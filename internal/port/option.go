package port

// Option names a socket option. Values are ints; booleans are 0 and 1.
type Option uint8

// The socket options. Where reading back gives something else than what was
// set, the comment says so.
const (
	OptSendBufferBytes    Option = iota // SO_SNDBUF; Linux reads back twice the value
	OptRecvBufferBytes                  // SO_RCVBUF; Linux reads back twice the value
	OptNoDelay                          // TCP_NODELAY
	OptKeepAlive                        // SO_KEEPALIVE
	OptKeepAliveIdleS                   // TCP_KEEPIDLE, seconds
	OptKeepAliveIntervalS               // TCP_KEEPINTVL, seconds
	OptKeepAliveCount                   // TCP_KEEPCNT
	OptReuseAddr                        // SO_REUSEADDR
	OptReusePort                        // SO_REUSEPORT
	OptLingerS                          // SO_LINGER in seconds; -1 is off
	OptUserTimeoutMs                    // TCP_USER_TIMEOUT
	OptV6Only                           // IPV6_V6ONLY

	Options // how many there are
)

var optionNames = [Options]string{
	"send-buffer", "recv-buffer", "no-delay", "keep-alive", "keep-alive-idle",
	"keep-alive-interval", "keep-alive-count", "reuse-addr", "reuse-port",
	"linger", "user-timeout", "v6-only",
}

// String is the option's word in errors.
func (o Option) String() string {
	if o >= Options {
		return "invalid"
	}
	return optionNames[o]
}
