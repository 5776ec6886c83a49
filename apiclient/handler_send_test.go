package apiclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// trap is a server that no request may reach.
func trap(t *testing.T) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s came to the trap with %v", r.Method, r.URL, r.Header)
	}))
	t.Cleanup(s.Close)
	return s
}

func TestARedirectIsNeverFollowed(t *testing.T) {
	evil := trap(t)
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, location := range []string{
			evil.URL + "/steal?secret=1", "//" + strings.TrimPrefix(evil.URL, "http://") + "/x", "/v1/elsewhere", "",
		} {
			requests := 0
			h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				requests++
				if location != "" {
					w.Header().Set("Location", location)
				}
				w.WriteHeader(status)
			})
			server := httptest.NewServer(h)
			c, err := New(server.URL+"/v1", newSession("a-token-to-steal"))
			if err != nil {
				t.Fatal(err)
			}
			for op, do := range everyOperation {
				requests = 0
				e := failure(t, do(c, t.Context()))
				if e.Kind != KindRedirect || e.Status != status || requests != 1 {
					t.Errorf("%s: %d requests, %+v", op, requests, e)
				}
				if strings.Contains(location, "//") != strings.Contains(e.Error(), evil.URL) || strings.Contains(e.Error(), "secret") {
					t.Errorf("%s to %q: %v", op, location, e)
				}
			}
			server.Close()
		}
	}
}

func TestALocationIsNeverFollowed(t *testing.T) {
	evil := trap(t)
	c := start(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path != "/v1/replication" {
			t.Errorf("the status was read at %s", r.URL.Path)
		}
		w.Header().Set("Location", evil.URL+"/v1/replication")
		if r.Method == http.MethodGet {
			say(w, http.StatusOK, `{"status":"WAITING"}`)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	})
	a, err := c.CreateReplication(t.Context(), names)
	if err != nil || a.Location != "" {
		t.Errorf("%+v, %v", a, err)
	}
	if s, err := c.Replication(t.Context(), names); err != nil || s.Word != Waiting {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestWhetherARequestCanHaveLeft(t *testing.T) {
	drop := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	overTLS := httptest.NewUnstartedServer(drop)
	overTLS.EnableHTTP2 = true
	overTLS.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of the client that does not trust it
	overTLS.StartTLS()
	t.Cleanup(overTLS.Close)

	refused := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("connection refused")
	}}
	untold := roundTrip(func(r *http.Request) (*http.Response, error) {
		return nil, &url.Error{Op: "Post", URL: r.URL.String() + "?org=the-org", Err: errors.New("boom")}
	})
	for _, c := range []struct {
		name    string
		base    string
		way     http.RoundTripper
		notSent bool
	}{
		{"no connection", base, refused, true},
		{"dropped by the server", base, network(t, drop), false},
		{"dropped over TLS", overTLS.URL + "/v1", overTLS.Client().Transport, false},
		{"certificate not trusted", overTLS.URL + "/v1", newTransport(), true},
		{"a transport that does not tell", base, untold, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, err := New(c.base, newSession("token-of-the-tests"), WithTransport(c.way))
			if err != nil {
				t.Fatal(err)
			}
			e := failure(t, client.DeleteReplication(t.Context(), names))
			if e.Kind != KindNetwork || e.NotSent != c.notSent || e.Unclear() == c.notSent || e.Err == nil {
				t.Errorf("%+v", e)
			}
			if strings.Contains(fmt.Sprintf("%v %+v %#v", e, e, e), "the-org") {
				t.Errorf("the names are in the error: %v", e)
			}
		})
	}
}

func TestACutBodyOfAChangeIsUnclearAndOfAReadTriedAgain(t *testing.T) {
	var requests atomic.Int32
	c := startWild(t, func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		w.Header().Set("Content-Length", "100")
		say(w, http.StatusAccepted, `{"status":`)
	}, WithBackoff(Backoff{Initial: 1, Max: 1}))
	_, err := c.CreateReplication(t.Context(), names)
	if e := failure(t, err); e.Kind != KindNetwork || !e.Unclear() || e.Status != 202 || requests.Load() != 1 {
		t.Errorf("%d requests, %+v", requests.Load(), e)
	}
	_, err = c.Replication(t.Context(), names)
	if e := failure(t, err); e.Kind != KindNetwork || requests.Load() != 6 {
		t.Errorf("%d requests, %+v", requests.Load(), e)
	}
}

func TestOverTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(good))
	t.Cleanup(server.Close)
	c, err := New(server.URL+"/v1", newSession("token-of-the-tests"), WithTransport(server.Client().Transport))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := c.Finalization(t.Context(), names); err != nil || s.Word != Running {
		t.Errorf("%+v, %v", s, err)
	}
}

// roundTrip lets a function be the way to the service.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
