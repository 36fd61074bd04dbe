// Package file reads and writes open files by position, whole: each call goes
// on until everything is done, the file ends or the system fails. The calls
// block for as long as the disk takes.
package file
