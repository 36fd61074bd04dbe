package raon

// freeList keeps unused objects of one worker for reuse, up to a bound; beyond
// it the garbage collector has them. The zero freeList is empty.
type freeList[T any] struct{ free []*T }

// get gives an object that put took, or a new one.
func (l *freeList[T]) get() *T {
	last := len(l.free) - 1
	if last < 0 {
		return new(T)
	}
	x := l.free[last]
	l.free = l.free[:last]
	return x
}

// put takes x back unless most objects are kept already.
func (l *freeList[T]) put(x *T, most int) {
	if len(l.free) < most {
		l.free = append(l.free, x)
	}
}
