package netconn_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/nettest"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/netconn"
)

// ground is a listener and a dialer on one core each.
type ground struct {
	listener *netconn.Listener
	dialer   *netconn.Dialer
}

// drivers are those to test on: RAON_DRIVER's, or the best that works here and
// the simulation. Where the best one is io_uring there is epoll, too.
func drivers(t *testing.T) []string {
	if os.Getenv("RAON_DRIVER") != "" {
		return []string{""}
	}
	core, err := raon.NewCore(raon.CoreOptions{Workers: 1, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	best := core.Driver().Name
	if err := core.Close(); err != nil {
		t.Fatal(err)
	}
	if best == "uring" {
		return []string{best, "epoll", "sim"}
	}
	return []string{best, "sim"}
}

// forEachDriver runs fn on a ground on each driver. Both ends are on one core: two
// simulations would not see each other.
func forEachDriver(t *testing.T, fn func(t *testing.T, g *ground)) {
	for _, name := range drivers(t) {
		t.Run("driver="+name, func(t *testing.T) {
			core, err := raon.NewCore(raon.CoreOptions{Driver: name, Workers: 2, Logger: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := core.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
			fn(t, newGround(t, core))
		})
	}
}

func newGround(t *testing.T, core *raon.Core) *ground {
	t.Helper()
	addr, err := raon.ParseAddr("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := new(ground)
	if g.listener, err = netconn.Listen(core, raon.ServerOptions{Listen: []raon.Addr{addr}}); err != nil {
		t.Fatal(err)
	}
	if g.dialer, err = netconn.NewDialer(core, raon.ClientOptions{}); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *ground) dial(ctx context.Context) (net.Conn, error) {
	return g.dialer.DialContext(ctx, "tcp", g.listener.Addr().String())
}

// pair connects.
func (g *ground) pair(t testing.TB) (client, server net.Conn) {
	t.Helper()
	client, err := g.dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if server, err = g.listener.Accept(); err != nil {
		t.Fatal(err)
	}
	return client, server
}

// TestConn is the standard library's own suite for connections.
func TestConn(t *testing.T) {
	forEachDriver(t, func(t *testing.T, g *ground) {
		nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
			client, server := g.pair(t)
			return client, server, func() { client.Close(); server.Close() }, nil
		})
	})
}

func TestHalfClose(t *testing.T) {
	forEachDriver(t, func(t *testing.T, g *ground) {
		client, server := g.pair(t)
		defer server.Close()
		defer client.Close()
		question := bytes.Repeat([]byte("question "), 50_000)
		go func() {
			if _, err := client.Write(question); err != nil {
				t.Errorf("Write: %v", err)
			}
			if err := client.(*netconn.Conn).CloseWrite(); err != nil {
				t.Errorf("CloseWrite: %v", err)
			}
		}()
		got, err := io.ReadAll(server)
		if err != nil || !bytes.Equal(got, question) {
			t.Fatalf("%d of %d bytes, %v", len(got), len(question), err)
		}
		if _, err := client.Write([]byte("more")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Write after CloseWrite: %v", err)
		}
		if _, err := server.Write([]byte("answer")); err != nil {
			t.Fatalf("the answer: %v", err)
		}
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(client); err != nil || string(got) != "answer" {
			t.Errorf("the answer is %q, %v", got, err)
		}
	})
}

// TestBackPressure writes until nothing more fits: what waits is bounded, the
// count that Write gives is honest, and every byte arrives in the end.
func TestBackPressure(t *testing.T) {
	forEachDriver(t, func(t *testing.T, g *ground) {
		client, server := g.pair(t)
		defer server.Close()
		defer client.Close()
		sent := 0
		random := mathrand.NewChaCha8([32]byte{1})
		var want bytes.Buffer
		for {
			p := make([]byte, 1<<20)
			_, _ = random.Read(p) // it never fails
			if err := client.SetWriteDeadline(time.Now().Add(200 * time.Millisecond)); err != nil {
				t.Fatal(err)
			}
			n, err := client.Write(p)
			want.Write(p[:n])
			if sent += n; errors.Is(err, os.ErrDeadlineExceeded) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if sent > 64<<20 {
				t.Fatalf("%d bytes written that nobody reads", sent)
			}
		}
		for _, s := range g.dialer.Service().SessionStats(nil) {
			if s.Queued > netconn.WriteBytes+1<<20 {
				t.Errorf("%d bytes queued", s.Queued)
			}
		}
		go func() {
			if err := client.(*netconn.Conn).CloseWrite(); err != nil {
				t.Errorf("CloseWrite: %v", err)
			}
		}()
		got, err := io.ReadAll(server)
		if err != nil || !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%d bytes arrived, %d were written, %v", len(got), want.Len(), err)
		}
	})
}

// TestHTTP serves and asks over the engine, many at a time.
func TestHTTP(t *testing.T) {
	const clients, requests = 8, 25
	forEachDriver(t, func(t *testing.T, g *ground) {
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body) // a failure shows as a wrong answer
			_, _ = w.Write(body)
		})}
		served := make(chan error, 1)
		go func() { served <- server.Serve(g.listener) }()
		transport := &http.Transport{DialContext: g.dialer.DialContext}
		client := http.Client{Transport: transport}
		var group sync.WaitGroup
		for i := range clients {
			group.Go(func() {
				for j := range requests {
					ask(t, &client, g.listener.Addr().String(), bytes.Repeat([]byte(fmt.Sprint(i, j, " ")), 1+j*500))
				}
			})
		}
		group.Wait()
		transport.CloseIdleConnections()
		if err := server.Shutdown(context.Background()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("Serve: %v", err)
		}
	})
}

func ask(t *testing.T, client *http.Client, host string, body []byte) {
	r, err := client.Post("http://"+host+"/", "text/plain", bytes.NewReader(body))
	if err != nil {
		t.Errorf("Post: %v", err)
		return
	}
	defer r.Body.Close()
	if got, err := io.ReadAll(r.Body); err != nil || !bytes.Equal(got, body) {
		t.Errorf("%d bytes of %d, %v", len(got), len(body), err)
	}
}

// certificate makes one for 127.0.0.1, signed by itself.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestTLS(t *testing.T) {
	pair, pool := certificate(t)
	text := bytes.Repeat([]byte("sealed "), 100_000)
	forEachDriver(t, func(t *testing.T, g *ground) {
		raw, peer := g.pair(t)
		client := tls.Client(raw, &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"})
		server := tls.Server(peer, &tls.Config{Certificates: []tls.Certificate{pair}})
		done := make(chan error, 1)
		go func() {
			_, err := io.Copy(server, server)
			done <- errors.Join(err, server.Close())
		}()
		go func() {
			_, err := client.Write(text)
			if err = errors.Join(err, client.CloseWrite()); err != nil {
				t.Errorf("client: %v", err)
			}
		}()
		got, err := io.ReadAll(client)
		if err != nil || !bytes.Equal(got, text) {
			t.Errorf("%d bytes of %d, %v", len(got), len(text), err)
		}
		if err := <-done; err != nil {
			t.Errorf("server: %v", err)
		}
		_ = client.Close() // the server's end was an error in itself once both are gone
	})
}

// TestManyConns talks on a hundred and closes them at random moments.
func TestManyConns(t *testing.T) {
	const conns = 100
	forEachDriver(t, func(t *testing.T, g *ground) {
		var group sync.WaitGroup
		group.Go(func() {
			for range conns {
				c, err := g.listener.Accept()
				if err != nil {
					t.Errorf("Accept: %v", err)
					return
				}
				group.Go(func() {
					_, _ = io.Copy(c, c) // until the peer is gone, one way or another
					_ = c.Close()
				})
			}
		})
		for i := range conns {
			group.Go(func() {
				random := mathrand.New(mathrand.NewPCG(uint64(i), 1))
				c, err := g.dial(context.Background())
				if err != nil {
					t.Errorf("Dial: %v", err)
					return
				}
				var both sync.WaitGroup
				write := random.IntN(300_000)
				read := random.IntN(write + 1)
				both.Go(func() { _, _ = c.Write(make([]byte, write)) }) // Close may come first
				both.Go(func() { _, _ = io.CopyN(io.Discard, c, int64(read)); _ = c.Close() })
				both.Wait()
				if err := c.Close(); !errors.Is(err, net.ErrClosed) {
					t.Errorf("a second Close: %v", err)
				}
			})
		}
		group.Wait()
		if err := g.listener.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if _, err := g.listener.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Accept after Close: %v", err)
		}
		if err := g.listener.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("a second Close: %v", err)
		}
	})
}

func TestDialFails(t *testing.T) {
	forEachDriver(t, func(t *testing.T, g *ground) {
		if err := g.listener.Close(); err != nil {
			t.Fatal(err)
		}
		deadline := time.Now().Add(10 * time.Second)
		for { // until the socket is closed
			c, err := g.dial(context.Background())
			if errors.Is(err, raon.ErrRefused) {
				break
			}
			if err == nil {
				_ = c.Close()
			}
			if time.Now().After(deadline) {
				t.Fatalf("a closed port: %v", err)
			}
		}
		var op *net.OpError
		if _, err := g.dialer.DialContext(context.Background(), "tcp", "localhost:80"); !errors.As(err, &op) {
			t.Errorf("a name: %v", err)
		}
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := g.dial(ended); !errors.Is(err, context.Canceled) {
			t.Errorf("an ended context: %v", err)
		}
		for g.dialer.Service().Snapshot().Live != 0 {
			if time.Now().After(deadline) {
				t.Fatal("a connection that was closed lives on")
			}
			runtime.Gosched()
		}
	})
}

// A web server on the engine.
func ExampleListen() {
	core, err := raon.NewCore(raon.CoreOptions{Workers: 1, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	addr, _ := raon.ParseAddr("127.0.0.1:0") // a constant that parses
	listener, err := netconn.Listen(core, raon.ServerOptions{Listen: []raon.Addr{addr}})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "hello from a session")
	})}
	go func() { _ = server.Serve(listener) }() // until Close below
	dialer, err := netconn.NewDialer(core, raon.ClientOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	transport := &http.Transport{DialContext: dialer.DialContext}
	r, err := (&http.Client{Transport: transport}).Get("http://" + listener.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := io.ReadAll(r.Body)
	_ = r.Body.Close() // read to its end
	fmt.Println(string(text), err)
	transport.CloseIdleConnections()
	fmt.Println(server.Close(), core.Close())
	// Output:
	// hello from a session <nil>
	// <nil> <nil>
}
