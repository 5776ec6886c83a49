package cfsession

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// changes are all requests that change something at the platform.
var changes = map[string]func(*Session, context.Context) error{
	"stop":     func(s *Session, ctx context.Context) error { return s.StopApp(ctx, "a-1") },
	"start":    func(s *Session, ctx context.Context) error { return s.StartApp(ctx, "a-1") },
	"bind":     func(s *Session, ctx context.Context) error { return second(s.Bind(ctx, "a-1", "i-1", "", nil)) },
	"key":      func(s *Session, ctx context.Context) error { return second(s.CreateKey(ctx, "i-1", "k", nil)) },
	"unbind":   func(s *Session, ctx context.Context) error { return s.DeleteBinding(ctx, "b-1") },
	"instance": func(s *Session, ctx context.Context) error { return s.DeleteInstance(ctx, "i-1") },
	"create": func(s *Session, ctx context.Context) error {
		return s.CreateInstance(ctx, NewInstance{Name: "n", SpaceGUID: "s-1", PlanGUID: "p-1"})
	},
	"rename":    func(s *Session, ctx context.Context) error { return s.RenameInstance(ctx, "i-1", "n") },
	"configure": func(s *Session, ctx context.Context) error { return s.UpdateParameters(ctx, "i-1", []byte(`{}`)) },
	"share":     func(s *Session, ctx context.Context) error { return s.Share(ctx, "i-1", "s-2") },
	"unshare":   func(s *Session, ctx context.Context) error { return s.Unshare(ctx, "i-1", "s-2") },
	"cancel":    func(s *Session, ctx context.Context) error { return s.CancelTask(ctx, "t-1") },
}

// removals succeed when there is nothing to remove.
var removals = map[string]bool{"unbind": true, "instance": true, "cancel": true}

// changeAnswers are answers that are no success, and whether the change may have been
// carried out all the same.
var changeAnswers = map[string]struct {
	answer  func(w http.ResponseWriter, r *http.Request)
	unclear bool
}{
	"301":                      {redirectTo(301), true},
	"302":                      {redirectTo(302), true},
	"303":                      {redirectTo(303), true},
	"304":                      {redirectTo(304), true},
	"307":                      {redirectTo(307), true},
	"308":                      {redirectTo(308), true},
	"400":                      {cc(400), false},
	"403":                      {cc(403), false},
	"409":                      {cc(409), false},
	"422":                      {cc(422), false},
	"429":                      {cc(429), false},
	"500":                      {cc(500), true},
	"503":                      {cc(503), true},
	"502 of a gateway":         {html(502, ""), true},
	"502 of the router":        {html(502, "endpoint_failure"), true},
	"no route":                 {html(404, "unknown_route"), false},
	"200 of somebody else":     {html(200, ""), true},
	"the connection is closed": {func(w http.ResponseWriter, _ *http.Request) { hijack(w, "") }, true},
	"a success is cut": {func(w http.ResponseWriter, _ *http.Request) {
		hijack(w, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"guid\":")
	}, true},
	"no answer in time": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, true},
}

func redirectTo(status int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", otherHost+"/v3/steal")
		w.WriteHeader(status)
	}
}

func cc(status int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { fail(w, status, 10003, "CF-X", "text") }
}

func html(status int, router string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		if router != "" {
			w.Header().Set("X-Cf-Routererror", router)
		}
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, "<html>404 Not Found: Requested route does not exist.</html>")
	}
}

// Whatever comes back to a change is told apart by one rule: it may have been carried
// out, then the caller looks; or it was not, then it may be sent again. It is never sent
// again here, and never taken for done.
func TestEveryChangeKnowsWhetherItMayHaveHappened(t *testing.T) {
	for change, send := range changes {
		for name, c := range changeAnswers {
			t.Run(change+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					stub := newStub(t)
					s, _ := stub.signedIn(t)
					var sent atomic.Int32
					stub.intercept(v3(func(w http.ResponseWriter, r *http.Request) {
						if r.Method == http.MethodGet {
							writeJSON(w, 200, map[string]any{"guid": "a-1", "state": "OTHER", "resources": []any{}, "data": []any{}})
							return
						}
						sent.Add(1)
						c.answer(w, r)
					}))
					err := send(s, t.Context())
					if change == "unshare" && name == "422" {
						if err != nil {
							t.Errorf("it is not shared, as was wanted: %v", err)
						}
						return
					}
					if err == nil || Unclear(err) != c.unclear || sent.Load() != 1 {
						t.Errorf("sent %d times, unclear %v: %v", sent.Load(), Unclear(err), err)
					}
					if IsNotFound(err) {
						t.Errorf("taken for gone: %v", err)
					}
				})
			})
		}
	}
}

func TestARemovalOfWhatIsGoneIsDone(t *testing.T) {
	for change, send := range changes {
		synctest.Test(t, func(t *testing.T) {
			stub := newStub(t)
			s, _ := stub.signedIn(t)
			stub.intercept(v3(func(w http.ResponseWriter, _ *http.Request) { fail(w, 404, 10010, "CF-ResourceNotFound", "gone") }))
			if err := send(s, t.Context()); (err == nil) != removals[change] || err != nil && !IsNotFound(err) {
				t.Errorf("%s: %v", change, err)
			}
		})
	}
}

// A router without a route knows nothing of what is asked for: neither that it is gone,
// nor that there is none.
func TestNothingIsGoneBecauseARouteIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		s, _ := stub.signedIn(t)
		stub.intercept(v3(html(404, "unknown_route")))
		for name, err := range map[string]error{
			"keys":     second(s.Keys(t.Context(), "i-1")),
			"app":      second(s.App(t.Context(), "a-1")),
			"instance": second(s.Instance(t.Context(), "i-1")),
			"usable":   second(s.KeyUsable(t.Context(), "k-1")),
			"bindings": second(s.Bindings(t.Context(), "i-1")),
		} {
			if err == nil || IsNotFound(err) || IsForbidden(err) || !transient(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := stub.count("GET"); n != 5*readTries {
			t.Errorf("%d requests: a route may be back in a second", n)
		}
	})
}

func TestParametersAreAnObject(t *testing.T) {
	for body, want := range map[string]string{
		`{"a":1}`: `{"a":1}`, `{}`: `{}`, `null`: ``,
		`[]`: "no", `"text"`: "no", `7`: "no", `true`: "no", `<html>`: "no", ``: "no", `{"errors":[{"code":10001}]}`: "no", `{"error":"oops"}`: "no",
	} {
		stub := newStub(t)
		s, _ := stub.signedIn(t)
		stub.intercept(v3(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, body) }))
		for name, read := range map[string]func() ([]byte, bool, error){
			"instance": func() ([]byte, bool, error) { return s.Parameters(t.Context(), "i-1") },
			"binding":  func() ([]byte, bool, error) { return s.BindingParameters(t.Context(), "b-1") },
			"key":      func() ([]byte, bool, error) { return s.KeyParameters(t.Context(), "k-1") },
		} {
			got, known, err := read()
			if want == "no" && (err == nil || known || got != nil) || want != "no" && (err != nil || !known || string(got) != want) {
				t.Errorf("%s, %s: %s, %v, %v", name, body, got, known, err)
			}
			if err != nil && strings.Contains(err.Error(), "oops") {
				t.Errorf("quoted: %v", err)
			}
		}
	}
}
