package porttest

import "testing"

// aspect is one part of the contract.
type aspect struct {
	name string
	run  func(t *testing.T, cfg *Config)
}

// aspects are all of them, in the order of the contract's text.
var aspects = []aspect{
	{"accept/storm", acceptStorm},
	{"accept/cancel", acceptCancel},
	{"accept/unattached", acceptUnattached},
	{"accept/dead in the backlog", acceptDead},
	{"accept/too many files", acceptLimit},

	{"connect/refused", connectRefused},
	{"connect/unanswered", connectUnanswered},
	{"connect/unreachable", connectUnreachable},
	{"connect/cancel", connectCancel},

	{"recv/end", eofLast},
	{"recv/fair", recvFair},
	{"recv/small out", recvSmallOut},
	{"recv/starved", starveAll},
	{"recv/starved one by one", starveOne},
	{"recv/starved and ended", starveEnd},
	{"recv/idle", starveIdle},
	{"recv/cancel", cancelRecv},

	{"pre-recv/bytes", preRecvBytes},
	{"pre-recv/ends", preRecvEnds},
	{"pre-recv/other", preRecvOther},

	{"send/whole", sendWhole},
	{"send/huge", sendHuge},
	{"send/gather", sendGather},
	{"send/nothing", sendNothing},
	{"send/lent", sendLent},
	{"send/too many slices", sendTooMany},
	{"send/cancel", cancelSend},
	{"send/cancel stalled", cancelStalled},

	{"half/close", halfClose},
	{"half/send", halfSend},
	{"half/pending", halfPending},

	{"reset/pending", resetPending},
	{"reset/recv", resetRecv},
	{"reset/unread", resetUnread},
	{"reset/write", writeClosed},

	{"close/graceful", closeGraceful},
	{"close/pending", closePending},
	{"close/unpolled", closeUnpolled},
	{"close/port", closePort},

	{"cancel/accept", cancelAccept},
	{"cancel/nothing", cancelNothing},

	{"stale/target", staleTarget},
	{"stale/reuse", staleReuse},
	{"slots/full", slotsFull},

	{"wake/before", wakeBefore},
	{"wake/settles", wakeSettles},
	{"wake/ping-pong", wakePingPong},
	{"wake/storm", wakeStorm},

	{"job/order", jobOrder},
	{"job/next", jobNext},
	{"job/canceled", jobCanceled},
	{"job/forever", jobForever},

	{"timeout/kept", timeoutKept},
	{"timeout/zero", timeoutZero},

	{"detach/listener", detachListener},
	{"detach/stream", detachStream},
	{"detach/gone", detachGone},

	{"option/kept", optionsKept},
	{"option/v6 only", optionsV6Only},
	{"option/invalid", optionsInvalid},

	{"address/IPv4", addressIP4},
	{"address/IPv6", addressIP6},
	{"address/dual stack", addressDual},
	{"address/in use", addressInUse},
	{"address/shared", addressShared},
	{"address/bad", addressBad},

	{"unix/stream", unixStream},
	{"unix/reset", unixReset},
	{"unix/in use", unixInUse},
	{"unix/stale", unixStale},

	{"file/read and write", fileReadWrite},
	{"file/truncate", fileTruncate},
	{"file/whole", fileWhole},
	{"file/errors", fileErrors},
	{"file/appends", fileAppends},
	{"file/many", fileMany},
	{"file/ended", fileEnded},
	{"file/full", fileFull},

	{"invalid/lane", invalidLane},
	{"invalid/job", invalidJob},
	{"invalid/release", invalidRelease},

	{"threads/deal", threadsDeal},
	{"threads/driver", threadsDriver},
	{"stress/random", stressRandom},
	{"alloc/none", allocNone},
	{"stats/now", statsNow},
}

// Run holds the driver that cfg makes to the contract, aspect by aspect.
func Run(t *testing.T, cfg Config) {
	for _, a := range aspects {
		t.Run(a.name, func(t *testing.T) { a.run(t, &cfg) })
	}
}
