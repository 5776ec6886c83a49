package cfsession

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// tokenAnswers are what a token server may say in place of a token, and whether that
// is the end of the login.
var tokenAnswers = map[string]struct {
	status int
	header string // Retry-After
	body   string
	final  bool
}{
	"refresh token refused":       {401, "", `{"error":"invalid_token","error_description":"expired"}`, true},
	"grant refused":               {400, "", `{"error":"invalid_grant","error_description":"revoked"}`, true},
	"bad credentials":             {401, "", `{"error":"unauthorized","error_description":"Bad credentials"}`, true},
	"client refused":              {401, "", `{"error":"invalid_client"}`, true},
	"client may not":              {400, "", `{"error":"unauthorized_client"}`, true},
	"scope refused":               {400, "", `{"error":"invalid_scope"}`, true},
	"store in trouble":            {400, "", `{"error":"code_store","error_description":"no connection"}`, false},
	"rate limited":                {403, "30", `{"error":"rate_limited"}`, false},
	"rate limited, other status":  {429, "3600", `{"error":"rate_limit_exceeded"}`, false},
	"429 in the words of the end": {429, "", `{"error":"unauthorized"}`, false},
	"503 in the words of the end": {503, "", `{"error":"unauthorized"}`, false},
	"server error":                {500, "", `{"error":"server_error"}`, false},
	"a proxy's 401":               {401, "", `<html>Proxy login</html>`, false},
	"a proxy's 403":               {403, "", `<html>blocked</html>`, false},
	"an empty 401":                {401, "", ``, false},
	"an empty 400":                {400, "", ``, false},
	"a gateway's 502":             {502, "", `<html>bad gateway</html>`, false},
	"a captive portal":            {200, "", `<html>Welcome to the hotel</html>`, false},
	"a redirect":                  {302, "", ``, false},
	"404 of the router":           {404, "", `404 Not Found: Requested route does not exist.`, false},
	"a success without a token":   {200, "", `{}`, false},
	"JSON of another kind":        {401, "", `["unauthorized"]`, false},
	"the Cloud Controller's form": {401, "", `{"errors":[{"code":10002,"title":"CF-NotAuthenticated","detail":"x"}]}`, false},
}

func TestOnlyARefusalThatSaysSoEndsALogin(t *testing.T) {
	for name, c := range tokenAnswers {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stub := newStub(t)
				stub.handle("GET /v3/service_credential_bindings", 200, map[string]any{"resources": []any{}})
				s, _ := stub.signedIn(t)
				stub.tokenBy(func(w http.ResponseWriter, _ *http.Request) {
					if c.header != "" {
						w.Header().Set("Retry-After", c.header)
					}
					w.WriteHeader(c.status)
					_, _ = fmt.Fprint(w, c.body)
				})
				time.Sleep(time.Hour)
				for ask, err := range map[string]error{
					"a read":   second(s.Keys(t.Context(), "i-1")),
					"a change": s.StopApp(t.Context(), "a-1"),
				} {
					_, out := errors.AsType[*SignedOutError](err)
					passing, passes := errors.AsType[*TokenError](err)
					if err == nil || out != c.final || passes == c.final || Unclear(err) {
						t.Fatalf("%s: %v", ask, err)
					}
					if IsForbidden(err) || IsUnauthorized(err) || IsNotFound(err) {
						t.Errorf("%s: taken for the answer to what was asked: %v", ask, err)
					}
					if want := advised(c.header); !c.final && (passing.RetryAfter != want || RetryAfter(err) != want) {
						t.Errorf("%s: the advice is lost: %v, %v", ask, passing.RetryAfter, RetryAfter(err))
					}
				}
				if n := stub.count("GET /v3") + stub.count("POST /v3"); n != 0 {
					t.Errorf("%d requests were sent without a token", n)
				}

				stub.tokenBy(nil)
				time.Sleep(2 * time.Hour)
				_, err := s.Keys(t.Context(), "i-1")
				if (err != nil) != c.final {
					t.Errorf("afterwards: %v", err)
				}
			})
		})
	}
}

func second[T any](_ T, err error) error { return err }

func advised(header string) time.Duration {
	d, _ := time.ParseDuration(header + "s")
	return d
}

func TestATokenServerIsLeftInPeaceAsLongAsItAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		s, _ := stub.signedIn(t)
		stub.tokenBy(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "100")
			w.WriteHeader(503)
		})
		time.Sleep(time.Hour)
		for i := range 10 {
			_, err := s.Token(t.Context())
			if got, want := RetryAfter(err), time.Duration(100-10*i)*time.Second; got != want {
				t.Errorf("look %d: %v, want %v", i, got, want)
			}
			time.Sleep(10 * time.Second)
		}
		if n := stub.tokenCalls(); n != 1 {
			t.Errorf("%d calls within the time that it asked for", n)
		}
		stub.tokenBy(nil)
		reveal2(t, s)
	})
}

// A network that is down, or a token server that hangs, is no end of a login either.
func TestNoWayToTheTokenServerPasses(t *testing.T) {
	for name, trouble := range map[string]http.HandlerFunc{
		"the connection breaks": func(w http.ResponseWriter, _ *http.Request) { hijack(w, "") },
		"no answer":             func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"half an answer": func(w http.ResponseWriter, _ *http.Request) {
			hijack(w, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"access_token\":")
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stub := newStub(t)
				s, _ := stub.signedIn(t)
				stub.tokenBy(trouble)
				time.Sleep(time.Hour)
				_, err := s.Token(t.Context())
				if _, ok := errors.AsType[*TokenError](err); !ok {
					t.Fatalf("got %v", err)
				}
				err = s.DeleteBinding(t.Context(), "b-1")
				if _, ok := errors.AsType[*TokenError](err); !ok || Unclear(err) {
					t.Fatalf("got %v", err)
				}
				stub.tokenBy(nil)
				reveal2(t, s)
			})
		})
	}
}
