package sandbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/internal/sandbox"
)

// The fault cards, as a client sees them.

// struck is what came back, as far as it came.
type struck struct {
	status int
	header http.Header
	body   string
	err    error // of the request, or of reading the body
	took   time.Duration
}

// raw sends a request and takes whatever comes.
func (l *lab) raw(req *http.Request) struck {
	l.t.Helper()
	began := time.Now()
	resp, err := l.http.Do(req)
	if err != nil {
		return struck{err: err, took: time.Since(began)}
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	return struck{resp.StatusCode, resp.Header, string(data), err, time.Since(began)}
}

// message is the text for people in an error of any of the services.
func (s struck) message(t *testing.T) string {
	t.Helper()
	var body struct {
		Message     string `json:"message"`
		Description string `json:"error_description"`
		Errors      []struct {
			Detail string `json:"detail"`
		} `json:"errors"`
	}
	if err := json.Unmarshal([]byte(s.body), &body); err != nil {
		t.Fatalf("%v in %q", err, s.body)
	}
	for _, e := range body.Errors {
		body.Message += e.Detail
	}
	return body.Message + body.Description
}

// dealt runs a test in a landscape with cards.
func dealt(t *testing.T, test func(t *testing.T, l *lab), lines ...string) {
	t.Helper()
	var faults []sandbox.Fault
	for _, line := range lines {
		f, err := sandbox.ParseFault(line)
		if err != nil {
			t.Fatal(err)
		}
		faults = append(faults, f)
	}
	synctest.Test(t, func(t *testing.T) { test(t, newLab(t, sandbox.Config{Faults: faults})) })
}

// struckBy are the cards that the log says struck, in order.
func (l *lab) struckBy() string {
	var cards []string
	for _, r := range l.Requests() {
		if r.Fault != "" {
			cards = append(cards, r.Fault)
		}
	}
	return strings.Join(cards, " ")
}

func (l *lab) stop(app string) *http.Request {
	l.t.Helper()
	return l.request("POST", "/v3/apps/"+l.guid("apps", app)+"/actions/stop", nil, l.token())
}

func TestLostAnswerAndRefused(t *testing.T) {
	t.Parallel()
	dealt(t, func(t *testing.T, l *lab) {
		lost, refused := l.stop("orders-api"), l.stop("orders-worker")
		if got := l.raw(refused); got.err == nil {
			t.Errorf("refused: %+v", got)
		}
		if got := l.raw(lost); got.err == nil {
			t.Errorf("lost: %+v", got)
		}
		if api, worker := l.app("orders-api").State, l.app("orders-worker").State; api != "STOPPED" || worker != "STARTED" {
			t.Errorf("the lost one is %s, the refused one %s", api, worker)
		}
		if got := l.raw(refused.Clone(t.Context())); got.status != 200 {
			t.Errorf("the next one: %+v", got)
		}
		for _, r := range l.Requests() {
			if r.Fault != "" && r.Status != 0 {
				t.Errorf("the log says %+v", r)
			}
		}
		if got := l.struckBy(); got != "refused lost-answer" {
			t.Errorf("struck: %s", got)
		}
	}, "POST /v3/apps/*/actions/stop @1 refused", "POST /v3/apps/*/actions/stop @2 lost-answer")
}

func TestDelay(t *testing.T) {
	t.Parallel()
	dealt(t, func(t *testing.T, l *lab) {
		req := l.stop("orders-api")
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if got := l.raw(req.WithContext(ctx)); !errors.Is(got.err, context.DeadlineExceeded) {
			t.Errorf("%+v", got)
		}
		if got := l.app("orders-api").State; got != "STOPPED" {
			t.Errorf("the work is not done: %s", got)
		}
		if got := l.raw(req.Clone(t.Context())); got.status != 200 || got.took != 45*time.Second {
			t.Errorf("%+v", got)
		}
	}, "cf POST @1- delay for=45s")
}

func TestSlowAndCutBodies(t *testing.T) {
	t.Parallel()
	dealt(t, func(t *testing.T, l *lab) {
		token := l.token()
		whole := l.raw(l.request("GET", "/v3/apps", nil, token))
		slow := l.raw(l.request("GET", "/v3/apps", nil, token))
		if slow.err != nil || slow.body != whole.body || slow.took < 18*time.Second || slow.took > 20*time.Second {
			t.Errorf("slow: %d bytes of %d in %v, %v", len(slow.body), len(whole.body), slow.took, slow.err)
		}
		cut := l.raw(l.request("GET", "/v3/apps", nil, token))
		if !errors.Is(cut.err, io.ErrUnexpectedEOF) || cut.status != 200 || len(cut.body) != len(whole.body)/2 {
			t.Errorf("cut: %d bytes of %d, %v", len(cut.body), len(whole.body), cut.err)
		}
	}, "GET /v3/apps @2 slow-body for=20s", "GET /v3/apps @3 cut-body")
}

func TestASlowBodyBeginsAtOnce(t *testing.T) {
	t.Parallel()
	dealt(t, func(t *testing.T, l *lab) {
		began := time.Now()
		resp, err := l.http.Do(l.request("GET", "/v3/apps", nil, l.token()))
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); resp.StatusCode != 200 || took != 0 {
			t.Errorf("%d after %v", resp.StatusCode, took)
		}
		_ = resp.Body.Close() // has seen enough
	}, "GET /v3/apps slow-body")
}

func TestAnswersFromElsewhere(t *testing.T) {
	t.Parallel()
	dealt(t, func(t *testing.T, l *lab) {
		get := func() struck { return l.raw(l.request("GET", "/v3/apps?names=orders-api", nil, l.token())) }
		good := get()
		if got := get(); got.status != 200 || got.body != good.body || got.header.Get("Content-Type") != "text/plain" {
			t.Errorf("wrong-type: %d %s", got.status, got.header.Get("Content-Type"))
		}
		if got := get(); got.status != 502 || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") || !strings.Contains(got.body, "<h1>502") {
			t.Errorf("html-502: %+v", got)
		}
		if got := get(); got.status != 307 || got.header.Get("Location") != "https://elsewhere.example/v3/apps?names=orders-api" {
			t.Errorf("redirect: %+v", got)
		}
		if got := get(); got.status != 307 || got.header.Get("Location") != "http://127.0.0.1:1/v3/apps?names=orders-api" {
			t.Errorf("redirect to: %+v", got)
		}
		if got := get(); got.body != good.body {
			t.Errorf("afterwards: %+v", got)
		}
	}, "/v3/apps @2 wrong-type type=text/plain", "/v3/apps @3 html-502", "/v3/apps @4 redirect",
		"/v3/apps @5 redirect to=http://127.0.0.1:1")
}

func TestAHugeBody(t *testing.T) {
	t.Parallel()
	dealt(t, func(t *testing.T, l *lab) {
		resp, err := l.http.Do(l.request("GET", "/v3/apps", nil, l.token()))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		begin := make([]byte, 14)
		if _, err := io.ReadFull(resp.Body, begin); err != nil || string(begin) != `{"message":"xx` || resp.Header.Get("Content-Type") != "application/json" {
			t.Fatalf("%q, %v", begin, err)
		}
		if n, err := io.Copy(io.Discard, resp.Body); err != nil || n != 20<<20 {
			t.Errorf("%d bytes more, %v", n, err)
		}
	}, "/v3/apps huge-body")
}

func TestWorkThatIsDoneBehindAnError(t *testing.T) {
	t.Parallel()
	dealt(t, func(t *testing.T, l *lab) {
		for _, c := range []struct{ app, want string }{{"orders-api", "STOPPED"}, {"orders-worker", "STARTED"}} {
			if got := l.raw(l.stop(c.app)); got.status != 502 || l.app(c.app).State != c.want {
				t.Errorf("%s: %d, %s", c.app, got.status, l.app(c.app).State)
			}
		}
	}, "cf POST @1 html-502 done", "cf POST @2 html-502")
}

func TestErrorsInTheServicesOwnForm(t *testing.T) {
	t.Parallel()
	for _, card := range []string{"401", "403", "404", "409", "422", "429", "503"} {
		dealt(t, func(t *testing.T, l *lab) {
			for _, path := range []string{"/v3/apps", "/login", "/v1/replication"} {
				usual, told := l.raw(l.request("GET", path, nil, "")), l.raw(l.request("GET", path, nil, ""))
				if usual.message(t) == "" || told.message(t) != "so sorry" {
					t.Errorf("%s %s: %q, then %q", card, path, usual.body, told.body)
				}
				for _, got := range []struck{usual, told} {
					if strconv.Itoa(got.status) != card {
						t.Errorf("%s %s: %d", card, path, got.status)
					}
				}
				wait := map[string]string{"429": "7", "503": "7"}[card]
				if told.header.Get("Retry-After") != wait || wait != "" && usual.header.Get("Retry-After") != "5" {
					t.Errorf("%s %s: Retry-After %q, then %q", card, path, usual.header.Get("Retry-After"), told.header.Get("Retry-After"))
				}
			}
		}, ownForm(card)...)
	}
}

// ownForm deals a card twice to each service, the second time with options.
func ownForm(card string) []string {
	more := ` text="so sorry"`
	if card == "429" || card == "503" {
		more += " retry-after=6.5s"
	}
	var lines []string
	for _, service := range []string{"cf", "uaa", "migration"} {
		lines = append(lines, service+" GET @1 "+card, service+" GET @2 "+card+more)
	}
	return lines
}

func TestForbiddenOfTheCloudController(t *testing.T) {
	t.Parallel()
	dealt(t, func(t *testing.T, l *lab) {
		for _, code := range []int{1000, 10003, 10010, 60016, 10008, 10013, 10015} {
			if a := l.cc("GET", "/v3/apps", nil); a.cfError(t).Code != code {
				t.Errorf("%s, want code %d", a.text, code)
			}
		}
	}, "cf @1 401", "cf @2 403", "cf @3 404", "cf @4 409", "cf @5 422", "cf @6 429", "cf @7 503")
}

func TestOddTexts(t *testing.T) {
	t.Parallel()
	dealt(t, func(t *testing.T, l *lab) {
		l.prepare(l.info.Target)
		check := l.v1("GET", "preflight-check", l.names(l.info.Target)) // held against the contract
		warnings := check.json["sourceDatabaseIssues"].(map[string]any)["warning"].([]any)
		refused := l.v1("GET", "finalization", l.names(l.info.Target)).str("message")
		for _, text := range []string{warnings[0].(string), warnings[1].(string), refused} {
			if !strings.ContainsAny(text, "\x1b") || !strings.ContainsAny(text, "\u202e") || !strings.Contains(text, "\x00") {
				t.Errorf("a tame text: %q", text)
			}
		}
		if !strings.Contains(warnings[0].(string), "Multiple roles found") {
			t.Errorf("the text itself is gone: %q", warnings[0])
		}
		// Names and links work.
		if l.guid("apps", "orders-api") == "" {
			t.Error("no name")
		}
	}, "odd-text")
}

func TestUnknownStatus(t *testing.T) {
	t.Parallel()
	dealt(t, func(t *testing.T, l *lab) {
		l.prepare(l.info.Target)
		n := l.names(l.info.Target)
		l.v1("POST", "replication", n)
		seen := []string{}
		for range 3 {
			got := l.raw(l.v1Request("GET", "replication", n, l.token()))
			var body map[string]string
			if err := json.Unmarshal([]byte(got.body), &body); err != nil || len(body) != 1 {
				t.Fatalf("%v %s", err, got.body)
			}
			seen = append(seen, body["status"])
		}
		if diff := cmp.Diff([]string{"PAUSED", "MELTED", "WAITING"}, seen); diff != "" {
			t.Errorf("statuses (-want +got):\n%s", diff)
		}
	}, "GET /v1/replication @1 unknown-status", "GET /v1/replication @2 unknown-status word=MELTED")
}

func TestJobsThatFail(t *testing.T) {
	t.Parallel()
	dealt(t, func(t *testing.T, l *lab) {
		source, target := l.guid("service_instances", l.info.Source), l.guid("service_instances", l.info.Target)
		fails := func(a answer, want string) {
			t.Helper()
			if state, detail := l.wait(a); state != "FAILED" || detail != want+" could not be completed: out of order" {
				t.Errorf("%s %q", state, detail)
			}
		}
		fails(l.cc("PATCH", "/v3/service_instances/"+source, map[string]any{"parameters": map[string]any{"prepare_migration": "true"}}), "update")
		fails(l.createKey(l.info.Source, "sk", nil), "bind")
		fails(l.bind("billing-app", l.info.Source, ""), "bind")
		fails(l.cc("DELETE", l.bindingPath("orders-api", l.info.Source), nil), "unbind")
		fails(l.cc("DELETE", "/v3/service_instances/"+target, nil), "delete")

		i, _ := l.space().Instance(l.info.Source)
		if i.AccessOpened || i.LastOperation != "update failed" || len(i.Keys) != 1 || i.Keys[0].LastOperation != "create failed" {
			t.Errorf("%+v", i)
		}
		if i, there := l.space().Instance(l.info.Target); !there || i.LastOperation != "delete failed" {
			t.Errorf("%+v", i)
		}
		for _, b := range l.app("orders-api").Bindings {
			if b.Instance == l.info.Source && b.LastOperation != "delete failed" {
				t.Errorf("%+v", b)
			}
		}
		l.openAccess() // the sixth is let alone
		if got := l.struckBy(); got != strings.TrimSpace(strings.Repeat("job-fails ", 5)) {
			t.Errorf("struck: %s", got)
		}
	}, `PATCH @1 job-fails text="out of order"`, `POST @1-2 job-fails text="out of order"`, `DELETE @1-2 job-fails text="out of order"`)
}

func TestWhichRequestsAreStruck(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"/v3/apps @2 404":                 ".x...",
		"/v3/apps @2-3 404":               ".xx..",
		"/v3/apps @4- 404":                "...xx",
		"any GET /v3/* 404":               "xxxxx",
		"any every GET /v3/** 404":        "xxxxx",
		"cf GET /** 404":                  "xxxxx",
		"/v3/ap*s 404":                    "xxxxx",
		"/v3/*/x 404":                     ".....",
		"/v3 404":                         ".....",
		"/v3/apps/* 404":                  ".....",
		"uaa GET 404":                     ".....",
		"POST /v3/apps 404":               ".....",
		"cf @1 403 text=\"a 'b' \\\" c\"": "x....",
	} {
		dealt(t, func(t *testing.T, l *lab) {
			token := l.token()
			got := ""
			for range 5 {
				if l.raw(l.request("GET", "/v3/apps", nil, token)).status == 200 {
					got += "."
				} else {
					got += "x"
				}
			}
			if got != want {
				t.Errorf("%s: %s, want %s", line, got, want)
			}
		}, line)
	}
}

func TestTheFirstCardHasARequestAlone(t *testing.T) {
	t.Parallel()
	dealt(t, func(t *testing.T, l *lab) {
		var got []int
		for range 3 {
			got = append(got, l.raw(l.request("GET", "/login", nil, "")).status)
		}
		// The second card counted the request that the first one struck.
		if diff := cmp.Diff([]int{403, 404, 200}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}, "uaa @1 403", "uaa @1-2 404")
}

func TestOfARequestThatNothingStruckTheLogSaysNothing(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(sandbox.Request{Fault: "403"})
	if err != nil || !strings.HasSuffix(string(data), `,"fault":"403"}`) {
		t.Errorf("%s, %v", data, err)
	}
	if data, _ := json.Marshal(sandbox.Request{}); strings.Contains(string(data), "fault") {
		t.Errorf("%s", data)
	}
}

// TestACardMayLastForAWhile: from the first request that it strikes on, in real time.
func TestACardMayLastForAWhile(t *testing.T) {
	t.Parallel()
	dealt(t, func(t *testing.T, l *lab) {
		time.Sleep(time.Hour) // nothing begins before the first hit
		for _, c := range []struct {
			after time.Duration
			want  int
		}{{0, 200}, {0, 429}, {11 * time.Second, 429}, {time.Second, 200}, {time.Hour, 200}} {
			time.Sleep(c.after)
			got := l.raw(l.request("GET", "/v3/apps", nil, l.token()))
			if got.status != c.want || got.status == 429 && got.header.Get("Retry-After") != "7" {
				t.Errorf("after %v more: %+v, want %d", c.after, got, c.want)
			}
		}
	}, "GET /v3/apps @2- 429 retry-after=7s lasts=12s")
}

// TestWhatPassesInThePlatformsWords: a router that knows no way, and something under way.
func TestWhatPassesInThePlatformsWords(t *testing.T) {
	t.Parallel()
	dealt(t, func(t *testing.T, l *lab) {
		if got := l.raw(l.request("GET", "/v3/apps", nil, l.token())); got.status != 404 || got.header.Get("X-Cf-Routererror") != "unknown_route" || !strings.Contains(got.body, "Requested route") {
			t.Errorf("unknown-route: %+v", got)
		}
		if got := l.raw(l.request("POST", "/v3/service_credential_bindings", []byte("{}"), l.token())); got.status != 409 || !strings.Contains(got.body, "60016") {
			t.Errorf("busy: %+v", got)
		}
		if got := l.raw(l.request("DELETE", "/v3/service_credential_bindings/x", nil, l.token())); got.status != 422 || !strings.Contains(got.body, "operation in progress") {
			t.Errorf("busy: %+v", got)
		}
		if got := l.raw(l.request("PATCH", "/v3/service_instances/x", []byte("{}"), l.token())); got.status != 429 || !strings.Contains(got.body, "10016") {
			t.Errorf("the broker's limit: %+v", got)
		}
	}, "GET unknown-route", "/v3/service_credential_bindings** busy", "PATCH 429")
}
