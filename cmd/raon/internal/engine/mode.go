package engine

import "fmt"

// Mode is what a server does with a frame. It is a flag value.
type Mode string

// The modes.
const (
	Echo Mode = "echo" // back to its sender
	Room Mode = "room" // to every connected session, the sender too
)

// String is the mode as the flag takes it.
func (m *Mode) String() string { return string(*m) }

// Type is the word for the value in help texts.
func (m *Mode) Type() string { return "mode" }

// Set takes the flag's argument.
func (m *Mode) Set(s string) error {
	switch Mode(s) {
	case Echo, Room:
		*m = Mode(s)
		return nil
	}
	return fmt.Errorf("want %s or %s", Echo, Room)
}
