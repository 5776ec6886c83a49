package apiclient

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"

	"pg-migrate-wizard/internal/secret"
)

// What the tests lean on: a service on a network that is only memory (so that it
// works in a synctest bubble), and a session with tokens to give.

const base = "http://127.0.0.1/v1"

var names = Names{
	Org: "the-org", Space: "the space & more", SourceInstance: "orders-db", TargetInstance: "orders-hyperscaler",
	SourceKey: "key+1", TargetKey: "schlüssel",
}

// handlerFunc lets a function be the next handler.
type handlerFunc func(ctx context.Context, c call) (*answer, error)

func (f handlerFunc) do(ctx context.Context, c call) (*answer, error) { return f(ctx, c) }

// pipes is a network of one server.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	close sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-p.done:
		return nil, &net.OpError{Op: "dial", Net: "pipe", Err: errors.New("connection refused")}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Close() error   { p.close.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "pipe"} }

// network serves h in memory and returns the way to it.
func network(t testing.TB, h http.Handler) *http.Transport {
	t.Helper()
	p := newPipes()
	server := &http.Server{Handler: h} //nolint:gosec // no slow clients in a test
	go func() { _ = server.Serve(p) }()
	transport := &http.Transport{DialContext: p.dial}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = server.Close()
	})
	return transport
}

// session is a TokenSource: Token gives the first of tokens, Renew drops it.
type session struct {
	mu       sync.Mutex
	tokens   []string
	rejected []string
	err      error // of Token
	renewErr error
}

func newSession(tokens ...string) *session { return &session{tokens: tokens} }

func (s *session) Token(context.Context) (secret.Text, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return secret.New(s.tokens[0]), s.err
}

func (s *session) Renew(_ context.Context, rejected secret.Text) (secret.Text, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rejected = append(s.rejected, rejected.Reveal())
	if s.renewErr != nil {
		return secret.Text{}, s.renewErr
	}
	if len(s.tokens) > 1 {
		s.tokens = s.tokens[1:]
	}
	return secret.New(s.tokens[0]), nil
}

// start serves h and returns a client of it; every request and every answer must
// be as docs/openapi.yaml says.
func start(t testing.TB, h http.HandlerFunc, opts ...Option) *Client {
	t.Helper()
	return startWith(t, newSession("token-of-the-tests"), contract(t, network(t, h)), opts...)
}

// startWild is start for a service that breaks the contract on purpose.
func startWild(t testing.TB, h http.HandlerFunc, opts ...Option) *Client {
	t.Helper()
	return startWith(t, newSession("token-of-the-tests"), network(t, h), opts...)
}

func startWith(t testing.TB, tokens TokenSource, way http.RoundTripper, opts ...Option) *Client {
	t.Helper()
	half := WithBackoff(Backoff{Random: func() float64 { return 0.5 }})
	c, err := New(base, tokens, append([]Option{WithTransport(way), half}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// say answers with a status, and with a body of JSON if it begins like it.
func say(w http.ResponseWriter, status int, body string) {
	if body != "" && (body[0] == '{' || body[0] == '[') {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) //nolint:gosec // what a test says is no script
}

// hang never answers. A server notices that its client has gone only once the
// body is read.
func hang(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// failure is the *Error in err.
func failure(t testing.TB, err error) *Error {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("got %T %v, want an *Error", err, err)
	}
	return e
}

// everyOperation is each of the seven, by its name in docs/openapi.yaml.
var everyOperation = map[string]func(*Client, context.Context) error{
	"preflightCheck":     func(c *Client, ctx context.Context) error { _, err := c.Preflight(ctx, names); return err },
	"replication":        func(c *Client, ctx context.Context) error { _, err := c.Replication(ctx, names); return err },
	"createReplication":  func(c *Client, ctx context.Context) error { _, err := c.CreateReplication(ctx, names); return err },
	"deleteReplication":  func(c *Client, ctx context.Context) error { return c.DeleteReplication(ctx, names) },
	"finalization":       func(c *Client, ctx context.Context) error { _, err := c.Finalization(ctx, names); return err },
	"createFinalization": func(c *Client, ctx context.Context) error { _, err := c.CreateFinalization(ctx, names); return err },
	"deleteFinalization": func(c *Client, ctx context.Context) error { return c.DeleteFinalization(ctx, names) },
}

// changing reports whether an operation of everyOperation changes something.
func changing(op string) bool { return op[:6] == "create" || op[:6] == "delete" }
