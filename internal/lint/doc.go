// Package lint is the rules of this tree that no compiler knows, as tests: which
// package may import which, how long functions and files may get, where code for
// one operating system may live, what has to be documented. Its tables are the
// one place where an exception is granted, always by name and with a reason; an
// exception that nothing needs any more fails as well.
package lint
