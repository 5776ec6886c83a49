package engine_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/engine/enginetest"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/secret"
)

// answering is a transport that gives one answer to everything.
type answering struct {
	header http.Header
	body   io.Reader
	err    error
}

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	if a.err != nil {
		return nil, a.err
	}
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	return &http.Response{Status: "200 OK", StatusCode: 200, Proto: "HTTP/1.1", Header: a.header, Body: io.NopCloser(a.body), Request: r}, nil
}

// exchange sends one request through a trace and returns the trace, and the body
// as the caller got it.
func exchange(t *testing.T, trace *engine.Trace, a answering, r *http.Request) string {
	t.Helper()
	rt, err := engine.Config{Transport: a, Trace: trace}.RoundTripper(false)
	if err != nil {
		t.Fatal(err)
	}
	res, err := rt.RoundTrip(r)
	if err != nil {
		return ""
	}
	defer res.Body.Close() //nolint:errcheck // read whole
	body, err := io.ReadAll(res.Body)
	if err != nil && a.body != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	return string(body)
}

func newRequest(t *testing.T, method, address, contentType, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	return r
}

// quotations are the ways in which a server may say a secret again.
func quotations(s string) map[string]string {
	quoted, _ := json.Marshal(s)
	return map[string]string{
		"raw":        s,
		"json":       strings.Trim(string(quoted), `"`),
		"query":      url.QueryEscape(s),
		"path":       url.PathEscape(s),
		"lower":      strings.ToLower(url.QueryEscape("/+")) + url.QueryEscape(s),
		"base64":     base64.StdEncoding.EncodeToString([]byte(s)),
		"base64 +1":  base64.StdEncoding.EncodeToString([]byte("x" + s + "y")),
		"base64 +2":  base64.RawURLEncoding.EncodeToString([]byte("dana:" + s)),
		"base64 url": base64.URLEncoding.EncodeToString([]byte("xy" + s)),
		"hex":        hex.EncodeToString([]byte(s)),
	}
}

// leaks are the forms of a secret that a text has, its inner parts included.
func leaks(text, s string) []string {
	var found []string
	for name, form := range quotations(s) {
		if core := form[len(form)/4 : len(form)-len(form)/4]; strings.Contains(text, core) {
			found = append(found, name)
		}
	}
	return found
}

// What is sent as a secret is not in the trace, neither where it is sent nor in
// an answer that quotes it.
func TestTraceForgetsWhatIsSent(t *testing.T) {
	t.Parallel()
	const canary = `Tr0ub4dor"&3/+ <kéy>`
	form := "application/x-www-form-urlencoded"
	requests := map[string]func() *http.Request{
		"password": func() *http.Request {
			return newRequest(t, "POST", "https://uaa.example/oauth/token", form, url.Values{"grant_type": {"password"}, "username": {"dana"}, "password": {canary}}.Encode())
		},
		"passcode": func() *http.Request {
			return newRequest(t, "POST", "https://uaa.example/oauth/token", form, url.Values{"grant_type": {"password"}, "passcode": {canary}}.Encode())
		},
		"refresh token": func() *http.Request {
			return newRequest(t, "POST", "https://uaa.example/oauth/token", form, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {canary}}.Encode())
		},
		"client secret": func() *http.Request {
			return newRequest(t, "POST", "https://uaa.example/oauth/token", form, url.Values{"client_id": {"robot"}, "client_secret": {canary}}.Encode())
		},
		"basic": func() *http.Request {
			r := newRequest(t, "GET", "https://cf.example/", form, "")
			r.SetBasicAuth("dana", canary)
			return r
		},
		"bearer": func() *http.Request {
			r := newRequest(t, "GET", "https://cf.example/", form, "")
			r.Header.Set("Authorization", "Bearer "+canary)
			return r
		},
		"query": func() *http.Request {
			return newRequest(t, "GET", "https://cf.example/?passcode="+url.QueryEscape(canary), form, "")
		},
		"json": func() *http.Request {
			body, _ := json.Marshal(map[string]any{"credentials": map[string]any{"uri": canary}, "password": canary})
			return newRequest(t, "POST", "https://cf.example/v3/service_instances", "application/json", string(body))
		},
	}
	for what, build := range requests {
		for how, quoted := range quotations(canary) {
			kinds := []string{"application/json", "text/html"}
			for _, kind := range kinds[len(what+how)%2:][:1] { // of each some
				body := "<p>you sent " + quoted + " there</p>"
				if kind == "application/json" {
					data, _ := json.Marshal(map[string]any{"errors": []any{map[string]any{"detail": "you sent " + quoted}}})
					body = string(data)
				}
				var out bytes.Buffer
				got := exchange(t, engine.NewTrace(&out), answering{
					header: http.Header{"Content-Type": {kind}, "X-Cf-Warnings": {url.QueryEscape(quoted)}, "X-Quoted": {quoted}}, body: strings.NewReader(body),
				}, build())
				if got != body {
					t.Fatalf("%s: the caller got %q, want %q", what, got, body)
				}
				if found := leaks(out.String(), canary); found != nil {
					t.Errorf("%s, quoted as %s in %s: the trace has it as %v:\n%s", what, how, kind, found, out.String())
				}
				if !strings.Contains(out.String(), secret.Mask) || !strings.Contains(out.String(), "you sent") {
					t.Errorf("%s: the trace tells nothing:\n%s", what, out.String())
				}
			}
		}
	}
}

// What an answer hands out is not in the trace, by its name or by its look.
func TestTraceForgetsWhatIsHandedOut(t *testing.T) {
	t.Parallel()
	const canary = "c4n4ry-of-the-mine"
	for name, c := range map[string]struct {
		path, kind, body string
		header           http.Header
		keeps            string
	}{
		"tokens":         {path: "/oauth/token", kind: "application/json", body: `{"access_token":"CANARY","refresh_token":"CANARY","token_type":"bearer","expires_in":599}`, keeps: `"expires_in": 599`},
		"credentials":    {path: "/v3/service_credential_bindings/1/details", kind: "application/json", body: `{"credentials":{"uri":"postgres://u:CANARY@h/db","password":"CANARY","port":"CANARY"},"volume_mounts":[]}`, keeps: "volume_mounts"},
		"environment":    {path: "/v3/apps/1/env", kind: "application/json", body: `{"environment_variables":{"A":"CANARY"},"system_env_json":{"VCAP_SERVICES":{"x":[{"anything":"CANARY"}]}}}`, keeps: "VCAP_SERVICES"},
		"variables":      {path: "/v3/apps/1/environment_variables", kind: "application/json", body: `{"var":{"A":"CANARY"}}`, keeps: `"A"`},
		"parameters":     {path: "/v3/service_instances/1/parameters", kind: "application/json", body: `{"prepare_migration":"true","admin":"CANARY"}`, keeps: `"prepare_migration": "true"`},
		"a parameter":    {path: "/v3/service_instances/1", kind: "application/json", body: `{"parameters":{"x":["CANARY"]},"name":"orders-db"}`, keeps: "orders-db"},
		"a task":         {path: "/v3/apps/1/tasks", kind: "application/json", body: `{"resources":[{"command":"psql CANARY","name":"nightly"}]}`, keeps: "nightly"},
		"a link":         {path: "/", kind: "application/json", body: `{"links":{"logging":{"href":"wss://u:CANARY@h"}}}`, keeps: "logging"}, //nolint:gosec // no secret
		"a sentence":     {path: "/", kind: "application/json", body: `{"detail":"password=CANARY was refused"}`, keeps: "was refused"},
		"nested JSON":    {path: "/", kind: "application/json", body: `{"detail":"{\"client_secret\":\"CANARY\",\"n\":1}"}`, keeps: "detail"},
		"cut off":        {path: "/oauth/token", kind: "application/json", body: `{"access_token":"CANARY","refr`, keeps: "not whole JSON"},
		"a page":         {path: "/", kind: "text/html", body: `<p>Authorization: Bearer CANARY</p>`, keeps: "<p>"},
		"a token's look": {path: "/", kind: "text/plain", body: "eyJhbGciOiJub25lIn0.CANARY.CANARY is not good", keeps: "is not good"},
		"split by marks": {path: "/", kind: "text/plain", body: "passw\u200bord=CANARY; go", keeps: "go"},
		"cookies":        {path: "/", kind: "text/plain", body: "you have CANARY", header: http.Header{"Set-Cookie": {"s=CANARY; Path=/"}}, keeps: "you have"},
		"a header":       {path: "/", kind: "text/plain", body: "x", header: http.Header{"X-Auth-Token": {"CANARY"}, "X-Api-Key": {"CANARY"}}, keeps: "X-Auth-Token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			put := strings.NewReplacer("CANARY", canary)
			header := http.Header{"Content-Type": {c.kind}}
			for name, values := range c.header {
				for _, value := range values {
					header.Add(name, put.Replace(value))
				}
			}
			var out bytes.Buffer
			exchange(t, engine.NewTrace(&out), answering{header: header, body: strings.NewReader(put.Replace(c.body))}, newRequest(t, "GET", "https://cf.example"+c.path, "application/json", ""))
			if strings.Contains(out.String(), canary) {
				t.Errorf("the trace has the secret:\n%s", out.String())
			}
			if !strings.Contains(out.String(), c.keeps) {
				t.Errorf("the trace has no %q:\n%s", c.keeps, out.String())
			}
		})
	}
}

// A trace says what came back, also when that was nothing, or not all.
func TestTraceTellsBrokenAnswers(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	trace := engine.NewTrace(&out)
	exchange(t, trace, answering{err: errors.New("no such host")}, newRequest(t, "GET", "https://cf.example/v3/spaces?names=prod", "text/plain", ""))
	exchange(t, trace, answering{header: http.Header{"Content-Type": {"text/plain"}}, body: io.MultiReader(strings.NewReader("half\x1b[2J"), broken{})}, newRequest(t, "GET", "https://cf.example/", "text/plain", ""))
	exchange(t, trace, answering{header: http.Header{"Content-Type": {"text/plain"}}, body: strings.NewReader(strings.Repeat("a", 1<<18+7))}, newRequest(t, "GET", "https://cf.example/", "text/plain", ""))
	for _, want := range []string{
		"REQUEST 1 [", "GET /v3/spaces?names=prod HTTP/1.1\nHost: cf.example\n", "NO RESPONSE 1 [", "no such host",
		"RESPONSE 2 [", "\nhalf\n", "[the answer broke off: unexpected EOF]", "[262144 of 262151 bytes]",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%.3000s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Error("the trace can move a cursor")
	}
	if trace.Err() != nil {
		t.Error(trace.Err())
	}
	full := engine.NewTrace(fullDisk{})
	exchange(t, full, answering{header: http.Header{}, body: strings.NewReader("")}, newRequest(t, "GET", "https://cf.example/", "text/plain", ""))
	if full.Err() == nil {
		t.Error("a trace that cannot be written is not said")
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// listener under the trace: it hears the secrets of a whole migration.
type listening struct {
	next  http.RoundTripper
	mu    sync.Mutex
	heard map[string]bool
	count int
}

var spoken = regexp.MustCompile(`"(?:access_token|refresh_token|password|uri|DATABASE_URL)":\s*"([^"]+)"`)

func (l *listening) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := l.next.RoundTrip(r)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count++
	if _, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && token != "" {
		l.heard[token] = true
	}
	if err != nil {
		return res, err
	}
	body, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	for _, m := range spoken.FindAllStringSubmatch(string(body), -1) {
		l.heard[m[1]] = true
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, err
}

// TestTraceOfWholeMigration holds the trace to what went over the wire: every
// request, and no secret of it.
func TestTraceOfWholeMigration(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("played without the detector")
	}
	synctest.Test(t, func(t *testing.T) {
		s := newStageAt(t, enginetest.Seldom, sandbox.Config{Scenario: "good-day", Speed: 200})
		s.Stop()
		var out bytes.Buffer
		l := &listening{next: s.Config.Transport, heard: map[string]bool{}}
		s.Config.Transport, s.Config.Trace = l, engine.NewTrace(&out)
		s.Start()
		if now, _ := s.follow(""); now.State.Choices.Ended == nil {
			t.Fatal("no end")
		}
		s.Stop()
		text := out.String()
		if n := strings.Count(text, "\nREQUEST ") + 1; n != l.count {
			t.Errorf("%d requests in the trace, %d on the wire", n, l.count)
		}
		if len(l.heard) < 5 {
			t.Errorf("only %d secrets went over the wire: the test sees nothing", len(l.heard))
		}
		for word := range l.heard {
			if strings.Contains(text, word) {
				t.Errorf("the trace has %q", word)
			}
		}
		for _, want := range []string{"POST /v1/finalization", `"status": "IN-SYNC"`, `"prepare_migration": "true"`, "Authorization: " + secret.Mask} {
			if !strings.Contains(text, want) {
				t.Errorf("no %s in the trace (%s)", want, fmt.Sprint(len(text)))
			}
		}
	})
}
