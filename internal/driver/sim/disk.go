package sim

import (
	"io"
	"io/fs"
	"os"

	"github.com/raon-engine/raon/internal/port"
)

// disk is a flat file system: a path is a name.
type disk struct {
	files map[string]*inode
	free  int64 // bytes that no file has
}

// inode is what a file holds, however often it is open.
type inode struct{ data []byte }

// file is an open file.
type file struct {
	resourceBase
	disk  *disk
	inode *inode
	flag  int
}

// accessMode are the bits of an open flag that say read, write or both.
const accessMode = os.O_RDONLY | os.O_WRONLY | os.O_RDWR

// open is os.OpenFile. Permissions are not kept.
func (d *disk) open(path string, flag int) (f *file, outcome, cause error) {
	node := d.files[path]
	switch {
	case path == "", node == nil && flag&os.O_CREATE == 0:
		return nil, port.ErrFailed, fs.ErrNotExist
	case node != nil && flag&os.O_CREATE != 0 && flag&os.O_EXCL != 0:
		return nil, port.ErrFailed, fs.ErrExist
	case node == nil:
		if d.files == nil {
			d.files = make(map[string]*inode)
		}
		node = &inode{}
		d.files[path] = node
	}
	f = &file{disk: d, inode: node, flag: flag}
	if flag&os.O_TRUNC != 0 && f.canWrite() {
		f.truncate(0)
	}
	return f, nil, nil
}

func (f *file) canWrite() bool { return f.flag&accessMode != os.O_RDONLY }

func (f *file) canRead() bool { return f.flag&accessMode != os.O_WRONLY }

// readable is no: a file is never waited for.
func (f *file) readable() bool { return false }

func (f *file) close(bool) {}

// write puts p at an offset, or at the end if it is port.Append or the file
// was opened so. n may be short when the disk is full.
func (f *file) write(p []byte, offset int64) (n int, full bool) {
	size := int64(len(f.inode.data))
	if offset == port.Append || f.flag&os.O_APPEND != 0 {
		offset = size
	}
	free := f.disk.free
	if offset-size > free {
		return 0, len(p) > 0
	}
	end := offset + int64(len(p))
	if end-size > free {
		end, full = size+free, true
	}
	if end <= offset {
		return 0, full
	}
	if end > size {
		f.resize(end)
	}
	return copy(f.inode.data[offset:end], p), full
}

// read fills p from an offset.
func (f *file) read(p []byte, offset int64) (n int, err error) {
	if offset >= int64(len(f.inode.data)) && len(p) > 0 {
		return 0, io.EOF
	}
	return copy(p, f.inode.data[min(offset, int64(len(f.inode.data))):]), nil
}

// truncate cuts or extends the file and tells whether the disk had room.
func (f *file) truncate(size int64) bool {
	if size-int64(len(f.inode.data)) > f.disk.free {
		return false
	}
	f.resize(size)
	return true
}

// resize changes the size, for which there is room. New bytes are zero.
func (f *file) resize(size int64) {
	old := int64(len(f.inode.data))
	f.disk.free -= size - old
	if size <= old {
		clear(f.inode.data[size:])
		f.inode.data = f.inode.data[:size]
		return
	}
	f.inode.data = append(f.inode.data, make([]byte, size-old)...)
}

// File is a copy of what a file holds, and whether there is one.
func (w *World) File(path string) ([]byte, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	node := w.disk.files[path]
	if node == nil {
		return nil, false
	}
	return append([]byte{}, node.data...), true
}
