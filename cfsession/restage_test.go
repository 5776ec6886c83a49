package cfsession

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// builds serves an application's package, and a build that goes through these
// states, one look after the other.
func (s *stub) builds(looks ...obj) {
	s.handle("GET /v3/packages", 200, obj{"resources": []any{obj{"guid": "p-1"}}})
	s.handle("POST /v3/builds", 201, obj{"guid": "b-1", "state": "STAGING", "droplet": nil, "error": nil})
	s.handle("PATCH /v3/apps/a-1/relationships/current_droplet", 200, obj{"data": obj{"guid": "d-1"}})
	n := 0
	s.mux.HandleFunc("GET /v3/builds/b-1", func(w http.ResponseWriter, _ *http.Request) {
		look := looks[min(n, len(looks)-1)]
		n++
		writeJSON(w, 200, look)
	})
}

func TestRestageSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.builds(obj{"state": "STAGING", "error": nil, "droplet": nil}, obj{"state": "SOMETHING_NEW"}, obj{"state": "STAGED", "droplet": obj{"guid": "d-1", "href": "x"}})
		s, _ := stub.signedIn(t)
		start := time.Now()
		if err := s.Restage(t.Context(), "a-1"); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 2500*time.Millisecond {
			t.Errorf("took %v", took)
		}
		if body := stub.last("POST /v3").Body; body != `{"package":{"guid":"p-1"}}` {
			t.Errorf("sent %s", body)
		}
		if body := stub.last("PATCH").Body; body != `{"data":{"guid":"d-1"}}` {
			t.Errorf("sent %s", body)
		}
		q := stub.last("GET /v3/packages").Query
		if q.Get("app_guids") != "a-1" || q.Get("states") != "READY" || q.Get("order_by") != "-created_at" {
			t.Errorf("query %v", q)
		}
		if stub.count("POST /v3/apps") != 0 {
			t.Error("started or stopped")
		}
	})
}

func TestABuildThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.builds(obj{"state": "FAILED", "error": "BuildpackCompileFailed - \x1b[31mno npm", "droplet": nil})
		s, _ := stub.signedIn(t)
		err := s.Restage(t.Context(), "a-1")
		failed, ok := errors.AsType[*StagingError](err)
		if !ok || failed.BuildGUID != "b-1" || Unclear(err) || stub.count("PATCH") != 0 {
			t.Errorf("got %v", err)
		}
		if got := err.Error(); got != "restage the application: the build failed: BuildpackCompileFailed - no npm [build b-1]" {
			t.Errorf("says %s", got)
		}
	})
}

func TestARestageThatBreaksOff(t *testing.T) {
	for name, c := range map[string]struct {
		path    string
		answer  func(w http.ResponseWriter)
		unclear bool
		kind    func(error) bool
	}{
		"no package":      {"/v3/packages", func(w http.ResponseWriter) { writeJSON(w, 200, obj{"resources": []any{}}) }, false, IsNotFound},
		"odd package":     {"/v3/packages", func(w http.ResponseWriter) { writeJSON(w, 200, obj{"resources": nil}) }, false, nil},
		"a build already": {"/v3/builds", func(w http.ResponseWriter) { fail(w, 422, 10008, "CF-UnprocessableEntity", "only one") }, false, nil},
		"lost order":      {"/v3/builds", func(w http.ResponseWriter) { hijack(w, "") }, true, nil},
		"odd order":       {"/v3/builds", func(w http.ResponseWriter) { writeJSON(w, 201, obj{"guid": obj{}}) }, true, nil},
		"no guid":         {"/v3/builds", func(w http.ResponseWriter) { writeJSON(w, 201, obj{}) }, false, nil},
		"build vanished":  {"/v3/builds/b-1", func(w http.ResponseWriter) { fail(w, 404, 10010, "CF-ResourceNotFound", "Build not found") }, false, IsNotFound},
		"no state":        {"/v3/builds/b-1", func(w http.ResponseWriter) { writeJSON(w, 200, obj{}) }, false, nil},
		"no droplet":      {"/v3/builds/b-1", func(w http.ResponseWriter) { writeJSON(w, 200, obj{"state": "STAGED"}) }, false, nil},
		"not assigned":    {"/v3/apps/a-1/relationships/current_droplet", func(w http.ResponseWriter) { w.WriteHeader(502) }, true, nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			stub := newStub(t)
			stub.builds(obj{"state": "STAGED", "droplet": obj{"guid": "d-1"}})
			s, _ := stub.signedIn(t)
			stub.intercept(func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == c.path {
					c.answer(w)
				}
				return r.URL.Path == c.path
			})
			err := s.Restage(t.Context(), "a-1")
			if err == nil || Unclear(err) != c.unclear || (c.kind != nil && !c.kind(err)) || !strings.HasPrefix(err.Error(), "restage the application") {
				t.Errorf("%s: %v", name, err)
			}
			if sent := stub.count("PATCH"); sent != 0 && name != "not assigned" {
				t.Errorf("%s: a droplet was assigned", name)
			}
		})
	}
}

func TestARestageWaitsOutTroubleAndTheCallerMayGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.builds(obj{"state": "STAGING"}, obj{"state": "STAGED", "droplet": obj{"guid": "d-1"}})
		s, _ := stub.signedIn(t)
		start := time.Now()
		down := func(d time.Duration) {
			stub.intercept(func(w http.ResponseWriter, r *http.Request) bool {
				out := strings.HasPrefix(r.URL.Path, "/v3/builds/") && time.Since(start) < d
				if out {
					hijack(w, "")
				}
				return out
			})
		}
		down(3 * time.Minute)
		if err := s.Restage(t.Context(), "a-1"); err != nil {
			t.Errorf("three minutes without network: %v", err)
		}
		down(time.Hour)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := s.Restage(ctx, "a-1"); !errors.Is(err, context.DeadlineExceeded) || Unclear(err) {
			t.Errorf("got %v", err)
		}
		if n := stub.count("PATCH"); n != 1 {
			t.Errorf("%d droplets assigned", n)
		}
	})
}
