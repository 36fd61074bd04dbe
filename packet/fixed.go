package packet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"reflect"
)

// Fixed lays M out field after field, little-endian and without padding. M is a
// struct of integers of a fixed width, floats, bools (one byte, 0 or 1), arrays
// and structs of these; all fields are exported. Anything else is a fault that
// Protocol.Handlers reports. A signalling NaN arrives as a quiet one.
func Fixed[M any]() Codec[M] {
	t := reflect.TypeFor[M]()
	var c fixed[M]
	if t.Kind() != reflect.Struct {
		c.fault = fmt.Errorf("Fixed[%v]: not a struct", t)
		return c
	}
	var faults []error
	c.plan = plan(t, t.String(), &faults)
	c.fault = errors.Join(faults...)
	return c
}

// maxFixed bounds a layout; no packet is larger.
const maxFixed = 1 << 30

type fixed[M any] struct {
	plan  field
	fault error
}

func (c fixed[M]) layout() (int, error) { return c.plan.bytes, c.fault }

// Size is the same for every M.
func (c fixed[M]) Size(*M) int { return c.plan.bytes }

// Encode appends m. It cannot fail.
func (c fixed[M]) Encode(dst []byte, m *M) ([]byte, error) {
	at := len(dst)
	if cap(dst)-at >= c.plan.bytes {
		dst = dst[:at+c.plan.bytes]
	} else {
		dst = append(dst, make([]byte, c.plan.bytes)...)
	}
	c.plan.write(dst[at:], reflect.ValueOf(m).Elem())
	return dst, nil
}

// Decode reads m. It refuses another size and a bool that is neither 0 nor 1.
func (c fixed[M]) Decode(src []byte, m *M) error {
	if len(src) != c.plan.bytes {
		return fmt.Errorf("%d bytes, want %d", len(src), c.plan.bytes)
	}
	if !c.plan.read(src, reflect.ValueOf(m).Elem()) {
		return errBool
	}
	return nil
}

var errBool = errors.New("a bool that is neither 0 nor 1")

// field is one node of a layout: a number, an array or a struct.
type field struct {
	kind   reflect.Kind
	bytes  int
	fields []field // of a struct, in order
	elem   *field  // of an array
	n      int     // of an array
}

// plan compiles the layout of t. Every fault is added to faults, under path.
func plan(t reflect.Type, path string, faults *[]error) field {
	f := field{kind: t.Kind()}
	switch f.kind {
	case reflect.Bool, reflect.Int8, reflect.Uint8, reflect.Int16, reflect.Uint16, reflect.Int32,
		reflect.Uint32, reflect.Int64, reflect.Uint64, reflect.Float32, reflect.Float64:
		f.bytes = int(t.Size())
	case reflect.Array:
		elem := plan(t.Elem(), path+"[]", faults)
		f.elem, f.n = &elem, t.Len()
		f.bytes = mustFit(elem.bytes, f.n, path, faults)
	case reflect.Struct:
		f.fields = planFields(t, path, faults)
		for _, sub := range f.fields {
			f.bytes = min(f.bytes+sub.bytes, maxFixed)
		}
	default:
		*faults = append(*faults, fmt.Errorf("Fixed: %s is a %v, which has no fixed layout", path, t))
	}
	return f
}

// mustFit is n times bytes, which is at most maxFixed.
func mustFit(bytes, n int, path string, faults *[]error) int {
	if bytes == 0 || n <= maxFixed/bytes {
		return n * bytes
	}
	*faults = append(*faults, fmt.Errorf("Fixed: %s is too large", path))
	return maxFixed
}

func planFields(t reflect.Type, path string, faults *[]error) (fields []field) {
	for i := range t.NumField() {
		sf := t.Field(i)
		at := path + "." + sf.Name
		if !sf.IsExported() {
			*faults = append(*faults, fmt.Errorf("Fixed: %s is not exported", at))
			continue
		}
		fields = append(fields, plan(sf.Type, at, faults))
	}
	return fields
}

// write puts v into dst, which has the field's size.
func (f *field) write(dst []byte, v reflect.Value) {
	le := binary.LittleEndian
	switch f.kind {
	case reflect.Struct:
		for i := range f.fields {
			sub := &f.fields[i]
			sub.write(dst[:sub.bytes], v.Field(i))
			dst = dst[sub.bytes:]
		}
	case reflect.Array:
		f.writeArray(dst, v)
	case reflect.Bool:
		dst[0] = 0
		if v.Bool() {
			dst[0] = 1
		}
	case reflect.Float32:
		le.PutUint32(dst, math.Float32bits(float32(v.Float())))
	case reflect.Float64:
		le.PutUint64(dst, math.Float64bits(v.Float()))
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		putUint(dst, uint64(v.Int()))
	default:
		putUint(dst, v.Uint())
	}
}

func (f *field) writeArray(dst []byte, v reflect.Value) {
	if f.elem.kind == reflect.Uint8 {
		copy(dst, v.Bytes())
		return
	}
	for i := range f.n {
		f.elem.write(dst[:f.elem.bytes], v.Index(i))
		dst = dst[f.elem.bytes:]
	}
}

// read sets v from src, which has the field's size. It tells whether all was
// well formed.
func (f *field) read(src []byte, v reflect.Value) bool {
	le := binary.LittleEndian
	switch f.kind {
	case reflect.Struct:
		for i := range f.fields {
			sub := &f.fields[i]
			if !sub.read(src[:sub.bytes], v.Field(i)) {
				return false
			}
			src = src[sub.bytes:]
		}
	case reflect.Array:
		return f.readArray(src, v)
	case reflect.Bool:
		v.SetBool(src[0] == 1)
		return src[0] <= 1
	case reflect.Float32:
		v.SetFloat(float64(math.Float32frombits(le.Uint32(src))))
	case reflect.Float64:
		v.SetFloat(math.Float64frombits(le.Uint64(src)))
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		shift := 64 - 8*len(src)
		v.SetInt(int64(getUint(src)<<shift) >> shift)
	default:
		v.SetUint(getUint(src))
	}
	return true
}

func (f *field) readArray(src []byte, v reflect.Value) bool {
	if f.elem.kind == reflect.Uint8 {
		copy(v.Bytes(), src)
		return true
	}
	for i := range f.n {
		if !f.elem.read(src[:f.elem.bytes], v.Index(i)) {
			return false
		}
		src = src[f.elem.bytes:]
	}
	return true
}

// putUint writes the low bytes of n, as many as dst has.
func putUint(dst []byte, n uint64) {
	switch len(dst) {
	case 1:
		dst[0] = byte(n)
	case 2:
		binary.LittleEndian.PutUint16(dst, uint16(n))
	case 4:
		binary.LittleEndian.PutUint32(dst, uint32(n))
	case 8:
		binary.LittleEndian.PutUint64(dst, n)
	}
}

func getUint(src []byte) uint64 {
	switch len(src) {
	case 1:
		return uint64(src[0])
	case 2:
		return uint64(binary.LittleEndian.Uint16(src))
	case 4:
		return uint64(binary.LittleEndian.Uint32(src))
	}
	return binary.LittleEndian.Uint64(src)
}
