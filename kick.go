package raon

// KickReason says why a session ended. The values go over wires and into logs:
// append only. RAON knew the first eight as IO_SESSION_KICK_REASON.
type KickReason uint8

// The reasons.
const (
	KickNoLog            KickReason = iota // ended on purpose, not worth a log line
	KickUnknown                            // no reason was given
	KickPacketError                        // the peer broke the protocol
	KickDisconnect                         // the application ended it
	KickSendError                          // sending failed
	KickRecv0                              // the peer closed
	KickRecvBufferFull                     // an incomplete packet filled the receive buffer
	KickCompletionError                    // receiving failed: reset, timed out, unreachable
	KickSlowConsumer                       // the send queue passed its bound, or the peer took no byte for too long
	KickIdle                               // nothing was received for too long
	KickFlood                              // too much was received
	KickAuthTimeout                        // not authenticated in time
	KickSuperseded                         // a newer connection took the session over
	KickShutdown                           // the service ended
	KickPanic                              // a callback panicked or called runtime.Goexit
	KickRejected                           // refused at the door: by OnAccept, by a limit once a proxy has named the client, for its version
	KickHalfCloseTimeout                   // the peer closed its half and nothing moved any more
	KickLayerError                         // a layer refused the peer's bytes

	KickReasons // how many the engine defines
)

var kickNames = [KickReasons]string{
	"no-log", "unknown", "packet-error", "disconnect", "send-error", "recv-0",
	"recv-buffer-full", "completion-error", "slow-consumer", "idle", "flood",
	"auth-timeout", "superseded", "shutdown", "panic", "rejected",
	"half-close-timeout", "layer-error",
}

// String is the reason's word in logs and metrics.
func (r KickReason) String() string {
	if r >= KickReasons {
		return "application"
	}
	return kickNames[r]
}
