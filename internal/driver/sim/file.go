package sim

import (
	"github.com/raon-engine/raon/internal/port"
)

// enqueue puts a file operation behind the others.
func (a *attachment) enqueue(op *port.Op) {
	if a.closing() {
		op.Driver.Flags |= flagCanceled
	}
	a.files.push(op)
	a.mark()
}

// visitFiles ends file operations one after the other.
func (a *attachment) visitFiles(out []port.Event) int {
	for n := range out {
		op := a.files.first
		if op == nil {
			return n
		}
		ended, err := a.stepFile(op)
		if !ended {
			return n
		}
		a.port.world.clock.stop(&a.timer)
		a.files.pop()
		a.port.settle(op)
		out[n] = port.Event{Op: op, Object: a.object, N: op.Done, Err: err}
	}
	if !a.files.empty() {
		a.mark()
	}
	return len(out)
}

// stepFile takes op further. If it has not ended, something will mark a.
func (a *attachment) stepFile(op *port.Op) (ended bool, err error) {
	w := a.port.world
	f, isFile := a.res.(*file)
	flags := &op.Driver.Flags
	switch {
	case !isFile:
		return true, failOp(op, port.ErrNotSupported, nil)
	case *flags&flagCanceled != 0:
		return true, port.ErrCanceled
	case *flags&flagStarted == 0:
		*flags |= flagStarted
		if w.chance(w.opts.Faults.FileDelay) {
			w.arm(&a.timer, w.clock.now+w.dice.within(w.opts.Faults.MaxDelay))
		}
	}
	if a.timer.index != 0 {
		return false, nil
	}
	if w.chance(w.opts.Faults.FileError) {
		return true, failOp(op, port.ErrFailed, errDisk)
	}
	if op.Type == port.OpFileWrite {
		return a.writeFile(op, f)
	}
	return true, f.do(op)
}

// do carries out any operation but a write.
func (f *file) do(op *port.Op) (err error) {
	switch {
	case op.Type == port.OpFileSync:
	case op.Offset < 0:
		return failOp(op, port.ErrFailed, errInvalid)
	case op.Type == port.OpFileRead:
		if !f.canRead() {
			return failOp(op, port.ErrClosed, errBadHandle)
		}
		op.Done, err = f.read(op.Bufs[0], op.Offset)
	case !f.canWrite():
		return failOp(op, port.ErrFailed, errInvalid) // as ftruncate(2)
	case !f.truncate(op.Offset):
		return failOp(op, port.ErrNoSpace, nil)
	}
	return err
}

// writeFile writes until the end, the disk's or the op's, or until a write is
// short, which goes on at the next visit.
func (a *attachment) writeFile(op *port.Op, f *file) (ended bool, err error) {
	w := a.port.world
	switch {
	case !f.canWrite():
		return true, failOp(op, port.ErrClosed, errBadHandle)
	case op.Offset < port.Append:
		return true, failOp(op, port.ErrFailed, errInvalid)
	}
	for int(op.Driver.Index) < len(op.Bufs) {
		if w.chance(w.opts.Faults.FileNoSpace) {
			return true, failOp(op, port.ErrNoSpace, nil)
		}
		left := len(op.Bufs[op.Driver.Index]) - int(op.Driver.Skip)
		size := w.dice.shorten(left, w.opts.Faults.FileShortWrite)
		at := op.Offset
		if at != port.Append {
			at += int64(op.Done)
		}
		n, full := f.write(nextPiece(op, size), at)
		op.Done += n
		if full {
			return true, failOp(op, port.ErrNoSpace, nil)
		}
		if size < left {
			a.mark()
			return false, nil
		}
	}
	return true, nil
}
