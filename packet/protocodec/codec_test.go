package protocodec_test

import (
	"errors"
	"fmt"
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/internal/leak"
	"github.com/raon-engine/raon/packet"
	"github.com/raon-engine/raon/packet/protocodec"
	"github.com/raon-engine/raon/raontest"
)

func TestMain(m *testing.M) { leak.Main(m) }

func TestRoundTripAndGoldenBytes(t *testing.T) {
	c := protocodec.Message[timestamppb.Timestamp]()
	wire, err := c.Encode([]byte("x"), &timestamppb.Timestamp{Seconds: 300, Nanos: 1})
	if err != nil || string(wire) != "x\x08\xac\x02\x10\x01" {
		t.Fatalf("%q, %v", wire, err)
	}
	got := timestamppb.Timestamp{Seconds: 9, Nanos: 9} // left by another packet
	if err := c.Decode(wire[1:4], &got); err != nil || got.Seconds != 300 || got.Nanos != 0 {
		t.Errorf("%d s %d ns, %v", got.Seconds, got.Nanos, err)
	}
	if err := c.Decode([]byte{0x08}, &got); err == nil {
		t.Error("a field that is cut short is taken")
	}
	if n := c.(packet.Sizer[timestamppb.Timestamp]).Size(&timestamppb.Timestamp{Seconds: 300}); n != 3 {
		t.Errorf("%d bytes, want 3", n)
	}
}

// TestOnAConnection echoes a message and then sends what is none.
func TestOnAConnection(t *testing.T) {
	lab := raontest.New(t, raontest.Options{})
	var cause error
	p := packet.NewProtocol(packet.Options{}, packet.Hooks[struct{}]{
		OnDisconnect: func(_ *packet.Conn[struct{}], _ raon.KickReason, err error) { cause = err },
	})
	var echo *packet.Message[wrapperspb.StringValue]
	spec := packet.Spec{ID: 5, Name: "echo", Direction: packet.Both}
	echo = packet.Handle(p, spec, protocodec.Message[wrapperspb.StringValue](), func(c *packet.Conn[struct{}], m *wrapperspb.StringValue) {
		if err := packet.Send(c, echo, m); err != nil {
			t.Error(err)
		}
	})
	handlers, err := p.Handlers()
	if err != nil {
		t.Fatal(err)
	}
	addr, err := raon.ParseAddr("10.0.0.1:7777")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lab.Core().RegisterServer(raon.ServerOptions{Listen: []raon.Addr{addr}, NewHandler: handlers}); err != nil {
		t.Fatal(err)
	}
	peer := lab.Dial(addr)
	const wire = "\x0b\x00\x05\x00\x0a\x05hello"
	peer.Write([]byte(wire))
	lab.Run("the echo", func() bool { return string(peer.Received()) == wire })
	peer.Write([]byte("\x05\x00\x05\x00\xff"))
	lab.Run("the end", func() bool { return cause != nil })
	if !errors.Is(cause, packet.ErrDecode) {
		t.Errorf("ended with %v", cause)
	}
}

func FuzzDecode(f *testing.F) {
	c := protocodec.Message[timestamppb.Timestamp]()
	f.Add([]byte("\x08\xac\x02\x10\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var m, again timestamppb.Timestamp
		if c.Decode(data, &m) != nil {
			return
		}
		wire, err := c.Encode(nil, &m)
		if err == nil {
			err = c.Decode(wire, &again)
		}
		if err != nil || again.Seconds != m.Seconds || again.Nanos != m.Nanos {
			t.Fatalf("%x became %x, %v", data, wire, err)
		}
	})
}

func ExampleMessage() {
	codec := protocodec.Message[wrapperspb.StringValue]()
	wire, err := codec.Encode(nil, wrapperspb.String("hello"))
	fmt.Printf("%q %v\n", wire, err)
	var m wrapperspb.StringValue
	err = codec.Decode(wire, &m)
	fmt.Println(m.GetValue(), err)
	// Output:
	// "\n\x05hello" <nil>
	// hello <nil>
}
