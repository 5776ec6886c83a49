package apiclient

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pg-migrate-wizard/internal/secret"
)

// canary is a token with characters that are written differently in a URL, in
// JSON and in HTML.
const canary = `c4n4ry+/=<&>"token"%\end`

// leaks finds the canary in any of its forms.
func leaks(text string) bool {
	return strings.Contains(text, "c4n4ry") || strings.Contains(text, fmt.Sprintf("%x", "c4n4ry"))
}

func TestNoSecretComesOutWhateverTheServiceEchoes(t *testing.T) {
	quoted, _ := json.Marshal(map[string]string{"message": "bad token " + canary})
	echoes := map[string]http.HandlerFunc{
		"text": func(w http.ResponseWriter, r *http.Request) { say(w, 400, "bad header "+r.Header.Get("Authorization")) },
		"JSON": func(w http.ResponseWriter, _ *http.Request) { say(w, 403, string(quoted)) },
		"HTML": func(w http.ResponseWriter, _ *http.Request) {
			say(w, 502, "<h1>c4n4ry+/=&lt;&amp;&gt;&#34;token&#34;%\\end</h1>")
		},
		"URL": func(w http.ResponseWriter, _ *http.Request) { say(w, 409, "/x?t="+url.QueryEscape(canary)) },
		"headers": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Request-Id", canary)
			w.Header().Set("Location", "/v1/x?t="+url.QueryEscape(canary))
			say(w, 202, `{"status":"RUNNING"}`)
		},
		"redirect": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://"+canary+".example/")
			w.WriteHeader(307)
		},
		"success": func(w http.ResponseWriter, _ *http.Request) {
			say(w, 200, `{"status":"RUNNING","sourceDatabaseIssues":{"critical":["`+url.PathEscape(canary)+`"]},
				"targetDatabaseIssues":null,"message":"`+url.QueryEscape(canary)+`"}`)
		},
		"cut in the middle": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			say(w, 500, "your token "+canary[:15])
		},
		"broken status line": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.WriteString(conn, "HTTP/1.1 "+canary+"\r\n\r\n")
			_ = conn.Close()
		},
	}
	for name, h := range echoes {
		t.Run(name, func(t *testing.T) {
			s := newSession(canary)
			s.renewErr = errors.New("cannot renew")
			c := startWith(t, s, network(t, h), WithBackoff(Backoff{Attempts: 1}))
			var got []any
			p, err := c.Preflight(t.Context(), names)
			got = append(got, p, err)
			r, err := c.Replication(t.Context(), names)
			got = append(got, r, err)
			a, err := c.CreateReplication(t.Context(), names)
			got = append(got, a, err, c.DeleteFinalization(t.Context(), names))
			for _, v := range got {
				text := fmt.Sprintf("%v|%+v|%#v|%s|%q", v, v, v, v, v)
				for err, _ := v.(error); err != nil; err = errors.Unwrap(err) {
					text += fmt.Sprintf("|%v|%#v", err, err)
				}
				if leaks(text) {
					t.Errorf("the token is in %s", text)
				}
			}
			if text := fmt.Sprintf("%v %+v", call{Token: secret.New(canary)}, &call{Token: secret.New(canary)}); leaks(text) {
				t.Errorf("the token is in %s", text)
			}
		})
	}
}

func TestNoSecretComesOutOfABodyThatBreaks(t *testing.T) {
	h := &redactHandler{next: handlerFunc(func(context.Context, call) (*answer, error) {
		return &answer{cut: errors.New("malformed chunk " + canary)}, nil
	})}
	a, err := h.do(t.Context(), call{Token: secret.New(canary)})
	if err != nil || a.cut == nil || leaks(a.cut.Error()) {
		t.Errorf("%v, %v", a.cut, err)
	}
}

func TestRedactionLeavesTheRestAlone(t *testing.T) {
	for _, c := range []struct{ token, body, want string }{
		{"a-long-token", `{"status":"a-long-token!"}`, `{"status":"` + secret.Mask + `!"}`},
		{"a-long-token", "a-long-toke a-long-tokens", "a-long-toke " + secret.Mask + "s"},
		{"t", "text", "text"},
	} {
		h := &redactHandler{next: handlerFunc(func(context.Context, call) (*answer, error) {
			return &answer{status: 200, body: []byte(c.body), header: http.Header{"X-A": {"1", c.body}}}, nil
		})}
		a, err := h.do(t.Context(), call{Token: secret.New(c.token)})
		if err != nil || string(a.body) != c.want || a.header.Values("X-A")[1] != c.want || len(a.header) != 1 {
			t.Errorf("%q in %q: %q %v %v", c.token, c.body, a.body, a.header, err)
		}
	}
}
