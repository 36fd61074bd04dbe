package limits

import "math"

const (
	// Unknown is a limit that this system does not tell.
	Unknown int64 = -1
	// Unlimited is a limit that is not there.
	Unlimited int64 = math.MaxInt64
)

// Limits are as of when they were read. A field may be Unknown, and those of
// the process Unlimited.
type Limits struct {
	Kernel string // the kernel's own words, "Linux 6.18.0"; empty when unknown

	OpenFiles       int64 // descriptors of this process, RLIMIT_NOFILE
	OpenFilesMax    int64 // what the process may raise OpenFiles to
	LockedBytes     int64 // pinned memory of this process, RLIMIT_MEMLOCK
	LockedBytesMax  int64 // what the process may raise LockedBytes to
	Backlog         int64 // connections that may wait to be accepted, somaxconn
	FirstPort       int64 // local ports for outgoing connections, the first
	LastPort        int64 // and the last
	IOUringDisabled int64 // 0 everyone may, 1 a group and root may, 2 nobody may
}

// unknown is what a system tells that tells nothing.
func unknown() Limits {
	return Limits{
		OpenFiles: Unknown, OpenFilesMax: Unknown, LockedBytes: Unknown, LockedBytesMax: Unknown,
		Backlog: Unknown, FirstPort: Unknown, LastPort: Unknown, IOUringDisabled: Unknown,
	}
}
