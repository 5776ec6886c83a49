package sandbox_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/internal/sandbox"
)

func TestConfigsThatMakeNoLandscape(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cfg  sandbox.Config
		says string
	}{
		"unknown scenario":     {sandbox.Config{Scenario: "bad-day"}, "good-day, critical-findings, gcp, replication-fails, finalization-fails"},
		"backwards":            {sandbox.Config{Speed: -1}, "speed"},
		"short-lived tokens":   {sandbox.Config{TokenLifetime: time.Millisecond}, "lifetime"},
		"TLS and no file":      {sandbox.Config{TLS: true}, "certificate"},
		"a file and no TLS":    {sandbox.Config{CAFile: "ca.pem"}, "certificate"},
		"nowhere to write to":  {sandbox.Config{TLS: true, CAFile: "/nowhere/ca.pem"}, "/nowhere/ca.pem"},
		"a card that is none":  {sandbox.Config{Faults: []sandbox.Fault{{Card: "teapot"}}}, "teapot"},
		"all interfaces":       {sandbox.Config{Addr: ":0"}, "other machines"},
		"another interface":    {sandbox.Config{Addr: "192.0.2.1:80"}, "other machines"},
		"an address like this": {sandbox.Config{Addr: "nonsense"}, "address"},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := sandbox.Start(c.cfg)
			if err == nil {
				_ = l.Close()
				t.Fatal("it started")
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
		})
	}
}

func TestOnARealSocket(t *testing.T) {
	t.Parallel()
	l, err := sandbox.Start(sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	base := l.Info().API
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if !strings.Contains(string(data), `"uaa":{"href":"`+base+`"}`) {
		t.Errorf("root: %s", data)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := l.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
	if conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(base, "http://")); err == nil {
		_ = conn.Close()
		t.Error("it still listens")
	}
}

func TestURLsStartWithTheAddressTheClientUsed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		req := l.request("GET", "/", nil, "")
		req.Host = "landscape.example:8443"
		a := l.do(req)
		if got := a.str("links", "login", "href"); got != "http://landscape.example:8443" {
			t.Errorf("login: %s", got)
		}
	})
}

func TestMemoryListenerReachesNothingElse(t *testing.T) {
	t.Parallel()
	listener, dial := sandbox.ListenMemory()
	for _, addr := range []string{"example.com:443", "127.0.0.1:1"} {
		if conn, err := dial(t.Context(), "tcp", addr); err == nil {
			_ = conn.Close()
			t.Errorf("%s was reached", addr)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := dial(ctx, "tcp", listener.Addr().String()); err == nil {
		t.Error("a dial that was given up succeeded")
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := dial(t.Context(), "tcp", listener.Addr().String()); err == nil {
		t.Error("a closed listener was reached")
	}
}

func TestTheSameSeedGivesTheSameStory(t *testing.T) {
	t.Parallel()
	story := func(seed uint64) string {
		var out string
		synctest.Test(t, func(t *testing.T) {
			l := newLab(t, sandbox.Config{Seed: seed})
			l.must(l.createKey(l.info.Source, "sk", nil))
			out = l.cc("GET", "/v3/service_instances", nil).text +
				l.cc("GET", "/v3/service_credential_bindings/"+l.keyGUID(l.info.Source, "sk")+"/details", nil).text + l.info.Passcode
		})
		return out
	}
	one, again, other := story(7), story(7), story(8)
	if diff := cmp.Diff(one, again); diff != "" {
		t.Errorf("the same seed differs:\n%s", diff)
	}
	if one == other {
		t.Error("another seed gives the same")
	}
}

func TestRequestLog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var told []sandbox.Request
		l := newLab(t, sandbox.Config{OnRequest: func(r sandbox.Request) { told = append(told, r) }})
		now := time.Now()
		for _, path := range []string{
			"/v3/info?a=b&c=d%20e", "/login", "/oauth/token?passcode=hush&x=1", "/v1/replication?Access_Token=hush&%zz=hush",
			"/oauth/token/revoke/hush", "/nowhere?password=hush;client_secret=hush",
		} {
			l.do(l.request("GET", path, nil, "hush"))
		}
		want := []sandbox.Request{
			{Seq: 1, Time: now, Service: "cf", Method: "GET", Path: "/v3/info", Query: "a=b&c=d%20e", Status: 200},
			{Seq: 2, Time: now, Service: "uaa", Method: "GET", Path: "/login", Status: 200},
			{Seq: 3, Time: now, Service: "uaa", Method: "GET", Path: "/oauth/token", Query: "passcode=***&x=1", Status: 404},
			{Seq: 4, Time: now, Service: "migration", Method: "GET", Path: "/v1/replication", Query: "Access_Token=***&%zz=***", Status: 401},
			{Seq: 5, Time: now, Service: "uaa", Method: "GET", Path: "/oauth/token/revoke/***", Status: 404},
			{Seq: 6, Time: now, Service: "cf", Method: "GET", Path: "/nowhere", Query: "password=***&client_secret=***", Status: 404},
		}
		if diff := cmp.Diff(want, l.Requests()); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

func TestRequestAsJSON(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(sandbox.Request{Seq: 3, Time: time.Unix(0, 0).UTC(), Service: "uaa", Method: "POST", Path: "/oauth/token", Status: 200})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"seq":3,"time":"1970-01-01T00:00:00Z","service":"uaa","method":"POST","path":"/oauth/token","query":"","status":200}`
	if string(data) != want {
		t.Errorf("got %s", data)
	}
}

// TestCloseWhileACheckRuns: a preflight check waits for long; closing must not.
func TestCloseWhileACheckRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		l.prepare(l.info.Target)
		req := l.v1Request("GET", "preflight-check", l.names(l.info.Target), l.token())
		done := make(chan error)
		go func() {
			resp, err := l.http.Do(req)
			if err == nil {
				_ = resp.Body.Close()
			}
			done <- err
		}()
		time.Sleep(time.Second)
		began := time.Now()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; err == nil {
			t.Error("the check was answered")
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("closing took %v", took)
		}
	})
}

// TestManyAtOnce is for the race detector.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		app, token := l.guid("apps", "orders-api"), l.token()
		var everybody sync.WaitGroup
		for range 8 {
			everybody.Go(func() {
				for range 10 {
					l.do(l.request("POST", "/v3/apps/"+app+"/actions/restart", nil, token))
					l.do(l.request("GET", "/v3/processes?embed=process_instances", nil, token))
					_, _, _ = l.Truth(), l.Info(), l.Requests()
				}
			})
		}
		everybody.Wait()
		seen := l.Requests()
		for i, r := range seen {
			if r.Seq != int64(i+1) {
				t.Fatalf("request %d has number %d", i+1, r.Seq)
			}
		}
		if len(seen) < 160 {
			t.Errorf("%d requests", len(seen))
		}
	})
}
