package cfsession

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// hijack ends the connection in the middle of things.
func hijack(w http.ResponseWriter, text string) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = conn.Write([]byte(text))
	_ = conn.Close()
}

func v3(handler func(w http.ResponseWriter, r *http.Request)) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(r.URL.Path, "/v3/") {
			return false
		}
		handler(w, r)
		return true
	}
}

func TestReadsAreRepeatedAndChangesAreNot(t *testing.T) {
	for name, c := range map[string]struct {
		trouble func(w http.ResponseWriter, r *http.Request)
		unclear bool // for a change
	}{
		"lost answer": {func(w http.ResponseWriter, _ *http.Request) { hijack(w, "") }, true},
		"HTML 502":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502); _, _ = fmt.Fprint(w, "<html>") }, true},
		"500":         {func(w http.ResponseWriter, _ *http.Request) { fail(w, 500, 10001, "UnknownError", "oops") }, true},
		"429":         {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) }, false},
		"503 for 3 s": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "3"); w.WriteHeader(503) }, true},
		"cut body": {func(w http.ResponseWriter, _ *http.Request) {
			hijack(w, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"resources\":[")
		}, true},
		"no answer": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stub := newStub(t)
				stub.handle("GET /v3/service_credential_bindings", 200, map[string]any{"resources": []any{}})
				s, _ := stub.signedIn(t)

				troubles := 3
				stub.intercept(v3(func(w http.ResponseWriter, r *http.Request) {
					if troubles--; troubles >= 0 {
						c.trouble(w, r)
						return
					}
					stub.mux.ServeHTTP(w, r)
				}))
				start := time.Now()
				if _, err := s.Keys(t.Context(), "i-1"); err != nil {
					t.Fatalf("a read did not survive: %v", err)
				}
				took := time.Since(start)
				if took < time.Second || (name == "503 for 3 s") != (took == 9*time.Second) {
					t.Errorf("took %v", took)
				}

				troubles = 1000
				if _, err := s.Keys(t.Context(), "i-1"); err == nil || Unclear(err) {
					t.Errorf("a read that fails for good: %v", err)
				}
				// net/http itself repeats a read once when an old connection breaks.
				if n := stub.count("GET /v3/"); n != 4+readTries && (name != "lost answer" || n != 5+readTries) {
					t.Errorf("%d reads", n)
				}

				err := s.RenameInstance(t.Context(), "i-1", "new")
				if err == nil || Unclear(err) != c.unclear {
					t.Errorf("unclear %v for %v", Unclear(err), err)
				}
				if n := stub.count("PATCH"); n != 1 {
					t.Errorf("a change was sent %d times", n)
				}
			})
		})
	}
}

func TestWhatIsClearAndWhatIsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		s, _ := stub.signedIn(t)
		remove := func(ctx context.Context) error { return s.DeleteInstance(ctx, "i-1") }

		refuse := func(status, code int) {
			stub.intercept(v3(func(w http.ResponseWriter, _ *http.Request) { fail(w, status, code, "CF-X", "text") }))
		}
		for _, status := range []int{400, 403, 409, 422} {
			refuse(status, 10003)
			if err := remove(t.Context()); Unclear(err) || err == nil {
				t.Errorf("%d: %v", status, err)
			}
		}

		stub.intercept(v3(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := remove(ctx); !Unclear(err) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cancelled on the way: %v", err)
		}
		if err := remove(ctx); Unclear(err) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cancelled before: %v", err)
		}

		// Accepted, then the waiting breaks off.
		stub.intercept(nil)
		stub.job("DELETE /v3/service_instances/i-1", "j-1", "PROCESSING")
		ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := remove(ctx)
		if !Unclear(err) || !Unclear(fmt.Errorf("more: %w", err)) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting broke off: %v", err)
		}
		stub.intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasPrefix(r.URL.Path, "/v3/jobs/") {
				return false
			}
			fail(w, 404, 10010, "CF-ResourceNotFound", "Job not found")
			return true
		})
		if err := remove(t.Context()); !Unclear(err) {
			t.Errorf("a lost job: %v", err)
		}
		// An accepted job with a body that breaks is still followed.
		stub.intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != "DELETE" {
				return false
			}
			hijack(w, "HTTP/1.1 202 Accepted\r\nLocation: /v3/jobs/j-2\r\nContent-Length: 90\r\n\r\n{")
			return true
		})
		stub.job("GET /v3/unused-2", "j-2", "POLLING", "COMPLETE")
		if err := remove(t.Context()); err != nil {
			t.Errorf("cut body of an accepted job: %v", err)
		}

		// Signed out before anything could be sent.
		stub.intercept(nil)
		clear(stub.refresh)
		time.Sleep(time.Hour)
		sent := stub.count("DELETE")
		if err := remove(t.Context()); Unclear(err) || stub.count("DELETE") != sent {
			t.Errorf("signed out: %v", err)
		}
	})
}

func TestNoConnectionIsClear(t *testing.T) {
	stub := newStub(t)
	s, _ := stub.signedIn(t)
	s.requester.rt = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	}}
	if err := s.DeleteInstance(t.Context(), "i-1"); err == nil || Unclear(err) {
		t.Errorf("unclear: %v", err)
	}
}

func TestTheTokenGoesNowhereElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		s, _ := stub.signedIn(t)
		for _, status := range []int{301, 302, 303, 307, 308} {
			stub.intercept(v3(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, otherHost+"/v3/steal", status)
			}))
			if _, err := s.Keys(t.Context(), "i-1"); !errors.Is(err, errRedirect) {
				t.Errorf("read, %d: %v", status, err)
			}
			if err := s.StopApp(t.Context(), "a-1"); !errors.Is(err, errRedirect) || !Unclear(err) {
				t.Errorf("change, %d: %v", status, err)
			}
		}
		// A list's next page and a job may name another host: only numbers and
		// guids are taken from there.
		stub.intercept(nil)
		stub.mux.HandleFunc("GET /v3/service_credential_bindings", func(w http.ResponseWriter, r *http.Request) {
			next := any(map[string]any{"href": otherHost + "/v3/steal?page=2"})
			if r.URL.Query().Get("page") == "2" {
				next = nil
			}
			writeJSON(w, 200, map[string]any{"pagination": map[string]any{"next": next}, "resources": []any{}})
		})
		if _, err := s.Keys(t.Context(), "i-1"); err != nil {
			t.Error(err)
		}
		stub.mux.HandleFunc("DELETE /v3/service_credential_bindings/k-1", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", otherHost+"/v3/jobs/j-1")
			w.WriteHeader(202)
		})
		stub.job("GET /v3/unused", "j-1", "COMPLETE")
		if err := s.DeleteBinding(t.Context(), "k-1"); err != nil {
			t.Error(err)
		}
		// Nor may the client be talked into it from inside.
		for _, path := range []string{"@127.0.0.1:1009/v3/apps", "9/v3/apps"} {
			if err := s.change(t.Context(), newRequest("test", path), http.MethodPost, nil); err == nil || Unclear(err) {
				t.Errorf("%s: %v", path, err)
			}
		}
		// Neither does a token call follow a redirect.
		stub.tokenBy(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, otherHost+"/oauth/token", http.StatusTemporaryRedirect)
		})
		time.Sleep(time.Hour)
		if _, err := s.Token(t.Context()); err == nil {
			t.Error("followed")
		}
		for _, r := range stub.seen {
			if "http://"+r.Host == otherHost {
				t.Errorf("sent to another host: %+v", r)
			}
			if api := "http://"+r.Host == stubAPI; api != strings.HasPrefix(r.Auth, "Bearer ") {
				t.Errorf("authorization %.10q to %s", r.Auth, r.Host)
			}
		}
	})
}

func TestAnswersThatAreNotWhatTheySay(t *testing.T) {
	for name, body := range map[string]string{
		"empty": "", "HTML": "<html>login</html>", "no list": "{}", "null list": `{"resources":null}`,
		"endless":       `{"pagination":{"total_pages":1,"next":{"href":"https://api.example/v3/x?page=2"}},"resources":[]}`,
		"another shape": `{"resources":"none"}`, "huge": `{"resources":["` + strings.Repeat("x", maxBody) + `"]}`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stub := newStub(t)
				s, _ := stub.signedIn(t)
				stub.intercept(v3(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, body) }))
				list, err := s.Bindings(t.Context(), "i-1")
				if err == nil || list != nil || Unclear(err) {
					t.Errorf("taken for an answer: %v, %v", list, err)
				}
				if len(err.Error()) > 400 {
					t.Errorf("long-winded: %.500s", err)
				}
				if n := stub.count("GET"); n != 1 {
					t.Errorf("asked %d times", n)
				}
			})
		})
	}
}

// No secret in any error, whatever the servers quote back.
func TestErrorsHoldNoSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		s, path := stub.signedIn(t)
		echo := func(w http.ResponseWriter, r *http.Request) {
			body := make([]byte, 4096)
			n, _ := r.Body.Read(body)
			w.WriteHeader(400)
			_, _ = fmt.Fprintf(w, `{"error":"invalid_%s","error_description":%q,"errors":[{"code":1,"title":%q,"detail":%q},{"detail":%q}]}`,
				r.Header.Get("Authorization"), body[:n], r.Header.Get("Authorization"), r.Header.Get("Authorization"), r.Header.Get("Authorization"))
		}
		stub.intercept(v3(echo))
		stub.tokenBy(echo)
		var found []error
		_, err := s.Keys(t.Context(), "i-1")
		found = append(found, err, s.StopApp(t.Context(), "a-1"))
		_, err = s.Renew(t.Context(), s.tokenPair.access)
		found = append(found, err)
		for _, in := range []SignIn{
			{API: stubAPI, User: "dana", Password: newSecret("pw+/ =" + canary)},
			{API: stubAPI, Passcode: newSecret(canary)},
			{API: stubAPI, ClientID: "robot", ClientSecret: newSecret(canary)},
		} {
			_, err = SignInWith(t.Context(), stub.options(t.TempDir()), in)
			found = append(found, err)
		}
		// A success that cannot be read: neither credentials nor tokens.
		stub.tokenBy(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintf(w, `{"access_token":[%q]}`, canary) })
		_, err = s.Renew(t.Context(), s.tokenPair.access)
		found = append(found, err)
		stub.intercept(v3(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"credentials":{"password":%q,"x":%s}`, canary, canary)
		}))
		_, err = s.KeyUsable(t.Context(), "k-1")
		found = append(found, err)
		// A damaged file.
		_ = os.WriteFile(path, []byte(`{"AccessToken":"bearer `+canary+`" "x"`), 0o600)
		_, err = Open(t.Context(), stub.options(filepath.Dir(filepath.Dir(path))))
		found = append(found, err)
		_ = os.WriteFile(path, []byte(`{"AccessToken":["`+canary+`"]}`), 0o600)
		_, err = Open(t.Context(), stub.options(filepath.Dir(filepath.Dir(path))))
		found = append(found, err)

		for i, err := range found {
			if err == nil {
				t.Errorf("%d: no error", i)
				continue
			}
			text := fmt.Sprintf("%v %+v %#v", err, err, err)
			if e, ok := errors.AsType[*Error](err); ok {
				text += fmt.Sprintf("%+v", *e)
			}
			for _, form := range []string{canary, url.QueryEscape("pw+/ =" + canary), "eyJhbGci"} {
				if strings.Contains(text, form) {
					t.Errorf("%d: a secret got out: %s", i, text)
				}
			}
		}
	})
}

func TestErrorSaysWhatFailed(t *testing.T) {
	stub := newStub(t)
	s, _ := stub.signedIn(t)
	stub.intercept(v3(func(w http.ResponseWriter, _ *http.Request) {
		fail(w, 403, 10003, "CF-NotAuthorized", "You are \x1b[31mnot\u202e authorized")
	}))
	err := fmt.Errorf("engine: %w", s.StopApp(t.Context(), "a-1"))
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Status != 403 || e.Code != 10003 || e.Title != "CF-NotAuthorized" || e.RequestID != "req-7" || e.Raw == "" {
		t.Errorf("got %+v", e)
	}
	want := "stop the application: HTTP 403 Forbidden: CF-NotAuthorized (10003): You are not authorized [request req-7]"
	if got := e.Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if !IsForbidden(err) || IsNotFound(err) || IsUnauthorized(err) {
		t.Error("predicates")
	}
}

func TestGUIDsAreGUIDs(t *testing.T) {
	stub := newStub(t)
	s, _ := stub.signedIn(t)
	for _, guid := range []string{"", "a/b", "a?b", "..", "a b", "a%2fb", "."} {
		for name, err := range map[string]error{
			"delete instance": s.DeleteInstance(t.Context(), guid),
			"delete binding":  s.DeleteBinding(t.Context(), guid),
			"stop":            s.StopApp(t.Context(), guid),
			"update":          s.UpdateParameters(t.Context(), guid, []byte(`{}`)),
		} {
			if err == nil || Unclear(err) {
				t.Errorf("%s %q: %v", name, guid, err)
			}
		}
	}
	if len(stub.seen) != 0 {
		t.Errorf("sent %v", stub.seen)
	}
}
