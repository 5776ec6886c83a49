package cfsession

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pg-migrate-wizard/internal/secret"
)

// The stub's three servers and another host, told apart by port alone.
const (
	stubAPI   = "http://127.0.0.1:1001"
	stubLogin = "http://127.0.0.1:1002"
	stubUAA   = "http://127.0.0.1:1003"
	otherHost = "http://127.0.0.1:1009"
)

// canary stands in every secret of the tests.
const canary = "s3cr3tc4n4ry"

// stub is a Cloud Controller and a UAA over real HTTP on an in-memory listener,
// so that it works in a synctest bubble. Resources are added by handle.
type stub struct {
	t    testing.TB
	conn chan net.Conn
	mux  *http.ServeMux

	mu       sync.Mutex
	seen     []seen
	serial   int
	access   map[string]bool // tokens the API takes
	refresh  map[string]bool // tokens the UAA takes
	rotate   bool            // a refresh token works once
	lifetime time.Duration
	ahead    time.Duration // the server's clock against ours
	token    http.HandlerFunc
	before   func(w http.ResponseWriter, r *http.Request) bool // true: answered
}

type seen struct {
	Host, Method, Path string
	Query              url.Values
	Body               string
	Auth               string
}

func (s seen) String() string { return s.Method + " " + s.Path }

func newStub(t testing.TB) *stub {
	s := &stub{
		t: t, conn: make(chan net.Conn), mux: http.NewServeMux(),
		access: map[string]bool{}, refresh: map[string]bool{}, lifetime: 10 * time.Minute,
	}
	s.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"links":{"login":{"href":%q},"uaa":{"href":%q},"cloud_controller_v2":null,
			"cloud_controller_v3":{"href":%q,"meta":{"version":"3.228.0"}},"logging":{"href":"wss://log.test"},
			"app_ssh":{"href":"ssh.test:2222","meta":{"oauth_client":"ssh-proxy"}}}}`, stubLogin, stubUAA, stubAPI+"/v3")
	})
	s.mux.HandleFunc("POST /oauth/token", s.serveToken)
	srv := &http.Server{Handler: s, ReadHeaderTimeout: time.Hour}
	ctx, cancel := context.WithCancel(context.Background())
	go func() { _ = srv.Serve(&pipeListener{ctx, s.conn}) }()
	t.Cleanup(func() { cancel(); _ = srv.Close() })
	return s
}

type pipeListener struct {
	ctx  context.Context
	conn chan net.Conn
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conn:
		return c, nil
	case <-l.ctx.Done():
		return nil, net.ErrClosed
	}
}
func (l *pipeListener) Close() error   { return nil }
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// transport dials the stub, whatever the address.
func (s *stub) transport() *http.Transport {
	tr := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		here, there := net.Pipe()
		select {
		case s.conn <- there:
			return here, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
	s.t.Cleanup(tr.CloseIdleConnections)
	return tr
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.seen = append(s.seen, seen{r.Host, r.Method, r.URL.Path, r.URL.Query(), string(body), r.Header.Get("Authorization")})
	before := s.before
	s.mu.Unlock()
	if before != nil && before(w, r) {
		return
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	if strings.HasPrefix(r.URL.Path, "/v3/") {
		_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		s.mu.Lock()
		ok := s.access[token] && s.now().Before(tokenEnd(token))
		s.mu.Unlock()
		if !ok {
			fail(w, 401, 1000, "CF-InvalidAuthToken", "Invalid Auth Token")
			return
		}
	}
	s.mux.ServeHTTP(w, r)
}

func (s *stub) now() time.Time { return time.Now().Add(s.ahead) }

func tokenEnd(token string) time.Time {
	c, _ := parseClaims(secret.New(token))
	return time.Unix(c.Exp, 0)
}

// issue makes a pair that both servers accept.
func (s *stub) issue() (access, refresh string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	claims, _ := json.Marshal(map[string]any{
		"iat": s.now().Unix(), "exp": s.now().Add(s.lifetime).Unix(), "jti": fmt.Sprint(s.serial),
		"user_name": "dana@acme.example", "user_id": "u-1", "origin": "uaa",
	})
	enc := base64.RawURLEncoding.EncodeToString
	access = enc([]byte(`{"alg":"HS256"}`)) + "." + enc(claims) + "." + canary
	refresh = fmt.Sprintf("refresh-%d-%s", s.serial, canary)
	s.access[access], s.refresh[refresh] = true, true
	return access, refresh
}

func (s *stub) serveToken(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	instead := s.token
	s.mu.Unlock()
	if instead != nil {
		instead(w, r)
		return
	}
	_ = r.ParseForm()
	refresh := r.PostForm.Get("refresh_token")
	switch r.PostForm.Get("grant_type") {
	case "refresh_token":
		s.mu.Lock()
		ok := s.refresh[refresh]
		if s.rotate {
			delete(s.refresh, refresh)
		}
		s.mu.Unlock()
		if !ok {
			w.WriteHeader(401)
			_, _ = fmt.Fprintf(w, `{"error":"invalid_token","error_description":"The token expired, was revoked, or the token ID is incorrect: %s"}`, refresh)
			return
		}
	case "password":
		good := r.PostForm.Get("username") == "dana" && r.PostForm.Get("password") == canary ||
			r.PostForm.Get("passcode") == canary
		if !good {
			w.WriteHeader(401)
			_, _ = fmt.Fprint(w, `{"error":"unauthorized","error_description":"Bad credentials"}`)
			return
		}
	case "client_credentials":
		if r.PostForm.Get("client_secret") != canary {
			w.WriteHeader(401)
			_, _ = fmt.Fprint(w, `{"error":"invalid_client","error_description":"Bad credentials"}`)
			return
		}
	}
	access, next := s.issue()
	if r.PostForm.Get("grant_type") == "client_credentials" {
		next = ""
	} else if refresh != "" && !s.rotate {
		next = refresh
	}
	writeJSON(w, 200, map[string]any{
		"access_token": access, "refresh_token": next, "token_type": "bearer",
		"expires_in": int(s.lifetime.Seconds()) - 1,
	})
}

// intercept answers requests instead of the stub, where f says true; nil ends it.
func (s *stub) intercept(f func(w http.ResponseWriter, r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = f
}

// tokenBy answers token calls instead of the stub; nil ends it.
func (s *stub) tokenBy(f http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = f
}

// handle serves a JSON value.
func (s *stub) handle(pattern string, status int, value any) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, status, value) })
}

// job serves a job that is in these states, one look after the other, and makes
// a pattern start it.
func (s *stub) job(pattern, guid string, states ...string) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", stubAPI+"/v3/jobs/"+guid)
		w.WriteHeader(202)
	})
	looks := 0
	s.mux.HandleFunc("GET /v3/jobs/"+guid, func(w http.ResponseWriter, _ *http.Request) {
		state := states[min(looks, len(states)-1)]
		looks++
		body := map[string]any{"guid": guid, "state": state, "errors": []any{}, "warnings": []any{}}
		if state == "FAILED" {
			body["errors"] = []any{map[string]any{
				"code": 10009, "title": "CF-UnableToPerform", "detail": "update could not be completed: quota",
			}}
		}
		writeJSON(w, 200, body)
	})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

func fail(w http.ResponseWriter, status, code int, title, detail string) {
	w.Header().Set("X-Vcap-Request-Id", "req-7")
	writeJSON(w, status, map[string]any{"errors": []any{map[string]any{"code": code, "title": title, "detail": detail}}})
}

// count is how many requests match "METHOD path-prefix".
func (s *stub) count(prefix string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.seen {
		if strings.HasPrefix(r.String(), prefix) {
			n++
		}
	}
	return n
}

func (s *stub) tokenCalls() int { return s.count("POST /oauth/token") }

// last is the latest request that matches.
func (s *stub) last(prefix string) seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range slices.Backward(s.seen) {
		if strings.HasPrefix(r.String(), prefix) {
			return r
		}
	}
	s.t.Fatalf("no request %s", prefix)
	return seen{}
}

func (s *stub) options(home string) Options {
	return Options{Home: home, Transport: s.transport(), UserAgent: "test/1"}
}

// writeLogin writes a config.json as cf does, with keys of its own in it.
func writeConfig(t testing.TB, home, access, refresh string, more map[string]any) string {
	t.Helper()
	keys := map[string]any{
		"ConfigVersion": 4, "Target": stubAPI, "AuthorizationEndpoint": stubLogin, "UaaEndpoint": stubUAA,
		"UAAOAuthClient": "cf", "UAAOAuthClientSecret": "", "UAAGrantType": "",
		"AccessToken": "bearer " + access, "RefreshToken": refresh, "SSLDisabled": false,
		"OrganizationFields": map[string]any{"GUID": "o-1", "Name": "acme"},
		"SpaceFields":        map[string]any{"GUID": "s-1", "Name": "prod", "AllowSSH": true},
		"AsyncTimeout":       7, "FutureKey": map[string]any{"a<b": []any{1, "x"}},
	}
	for k, v := range more {
		keys[k] = v
	}
	data, err := json.MarshalIndent(keys, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(home, ".cf", "config.json")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func readConfig(t testing.TB, path string) map[string]any {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// signedIn is a session on the stub, with its file.
func (s *stub) signedIn(t testing.TB) (*Session, string) {
	t.Helper()
	home := t.TempDir()
	access, refresh := s.issue()
	path := writeConfig(t, home, access, refresh, nil)
	session, err := Open(t.Context(), s.options(home))
	if err != nil {
		t.Fatal(err)
	}
	return session, path
}

func reveal(t testing.TB, token secret.Text, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return token.Reveal()
}

func newSecret(s string) secret.Text { return secret.New(s) }
