// Package leak fails a test package that leaves something behind: goroutines,
// file descriptors, or whatever else the package can count. Every package with
// tests has this TestMain:
//
//	func TestMain(m *testing.M) { leak.Main(m) }
//
// A package that owns something countable, such as buffers or operations,
// passes how many there are; none may be left:
//
//	leak.Main(m, leak.Counter{Name: "buffers", Count: pool.Live})
//
// What ends a little after the tests is waited for by looking again until a
// deadline. Descriptors are counted on Linux only, through /proc/self/fd (see
// proc(5)); elsewhere go test -v says that they are not. A descriptor that the
// garbage collector would close one day counts as leaked until it does.
package leak
