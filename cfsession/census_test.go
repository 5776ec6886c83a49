package cfsession

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func guids(prefix string, n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf("%s-%03d", prefix, i))
	}
	return all
}

func TestTasksThatAreNotOver(t *testing.T) {
	stub := newStub(t)
	var asked []int
	stub.mux.HandleFunc("GET /v3/tasks", func(w http.ResponseWriter, r *http.Request) {
		apps := strings.Split(r.URL.Query().Get("app_guids"), ",")
		asked = append(asked, len(apps))
		list := []any{}
		for i, state := range []string{"PENDING", "RUNNING", "CANCELING", "FAILED", "SUCCEEDED"} {
			list = append(list, obj{
				"guid": fmt.Sprintf("t-%s-%d", apps[0], i), "name": state, "state": state,
				"created_at": "2024-05-06T07:08:09Z", "relationships": obj{"app": rel(apps[0])},
			})
		}
		list = append(list, obj{"guid": "t-x", "name": "x", "state": "RUNNING", "relationships": obj{"app": rel("stranger")}})
		writeJSON(w, 200, obj{"resources": list})
	})
	s, _ := stub.signedIn(t)
	all, err := s.Tasks(t.Context(), append(guids("a", 101), "a-000"))
	if diff := cmp.Diff([]int{50, 50, 1}, asked); err != nil || diff != "" {
		t.Fatalf("%v, %s", err, diff)
	}
	var states []string
	for _, task := range all[:3] {
		states = append(states, task.State)
	}
	// One that was told to end has not ended yet.
	if diff := cmp.Diff([]string{TaskPending, TaskRunning, TaskCanceling}, states); diff != "" || len(all) != 9 {
		t.Errorf("%d tasks, %s", len(all), diff)
	}
	want := Task{"t-a-000-0", "PENDING", "a-000", TaskPending, time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)}
	if all[0] != want {
		t.Errorf("got %+v", all[0])
	}
	if got := stub.last("GET").Query.Get("states"); got != "RUNNING,PENDING,CANCELING" {
		t.Errorf("states=%s", got)
	}
	before := stub.count("GET")
	if all, err := s.Tasks(t.Context(), nil); err != nil || all != nil || stub.count("GET") != before {
		t.Errorf("of no application: %v, %v", all, err)
	}
	if _, err := s.Tasks(t.Context(), []string{"a-1", "a-2,a-3"}); err == nil || stub.count("GET") != before {
		t.Errorf("got %v", err)
	}
}

func TestCancelTask(t *testing.T) {
	stub := newStub(t)
	for _, state := range []string{"SUCCEEDED", "FAILED", "CANCELING", "RUNNING", "PAUSED"} {
		stub.mux.HandleFunc("POST /v3/tasks/"+state+"/actions/cancel", func(w http.ResponseWriter, _ *http.Request) {
			fail(w, 422, 10008, "CF-UnprocessableEntity", "Task state is "+state+" and therefore cannot be canceled")
		})
		stub.handle("GET /v3/tasks/"+state, 200, obj{"guid": state, "state": state})
	}
	stub.handle("POST /v3/tasks/t-1/actions/cancel", 202, obj{"guid": "t-1", "state": "CANCELING"})
	stub.mux.HandleFunc("POST /v3/tasks/t-2/actions/cancel", func(w http.ResponseWriter, _ *http.Request) {
		fail(w, 403, 10003, "CF-NotAuthorized", "You are not authorized")
	})
	stub.mux.HandleFunc("POST /v3/tasks/t-3/actions/cancel", func(w http.ResponseWriter, _ *http.Request) { hijack(w, "") })
	s, _ := stub.signedIn(t)
	for _, guid := range []string{"t-1", "gone", "SUCCEEDED", "FAILED", "CANCELING"} {
		if err := s.CancelTask(t.Context(), guid); err != nil {
			t.Errorf("%s: %v", guid, err)
		}
	}
	for _, guid := range []string{"RUNNING", "PAUSED", "t-2", "t-3", "a/b"} {
		if err := s.CancelTask(t.Context(), guid); err == nil || Unclear(err) != (guid == "t-3") {
			t.Errorf("%s: %v", guid, err)
		}
	}
	if n := stub.count("POST /v3/tasks/t-3"); n != 1 {
		t.Errorf("sent %d times", n)
	}
}

func TestSharedSpaces(t *testing.T) {
	stub := newStub(t)
	path := "/v3/service_instances/%s/relationships/shared_spaces"
	stub.handle("GET "+fmt.Sprintf(path, "i-1"), 200, obj{
		"data": []any{obj{"guid": "s-2"}, obj{"guid": "s-3"}},
		"included": obj{
			"spaces":        []any{obj{"guid": "s-2", "name": "dev", "relationships": obj{"organization": rel("o-1")}}},
			"organizations": []any{obj{"guid": "o-1", "name": "acme"}},
		},
	})
	stub.handle("GET "+fmt.Sprintf(path, "i-2"), 200, obj{"data": []any{}})
	stub.handle("GET "+fmt.Sprintf(path, "i-3"), 200, obj{"links": obj{}})
	for _, space := range []string{"s-2", "s-9"} {
		stub.mux.HandleFunc("DELETE "+fmt.Sprintf(path, "i-1")+"/"+space, func(w http.ResponseWriter, _ *http.Request) {
			fail(w, 422, 10008, "CF-UnprocessableEntity", "Unable to unshare service instance from space.")
		})
	}
	stub.mux.HandleFunc("DELETE "+fmt.Sprintf(path, "i-2")+"/s-2", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
	s, _ := stub.signedIn(t)
	all, err := s.SharedSpaces(t.Context(), "i-1")
	want := []SharedSpace{{Ref{"s-2", "dev"}, Ref{"o-1", "acme"}}, {Space: Ref{GUID: "s-3"}}}
	if diff := cmp.Diff(want, all); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if all, err := s.SharedSpaces(t.Context(), "i-2"); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
	if _, err := s.SharedSpaces(t.Context(), "i-3"); !errors.Is(err, errNoList) {
		t.Errorf("no list: %v", err)
	}
	if err := s.Unshare(t.Context(), "i-2", "s-2"); err != nil {
		t.Error(err)
	}
	if err := s.Unshare(t.Context(), "i-1", "s-9"); err != nil {
		t.Errorf("not shared with it: %v", err)
	}
	if err := s.Unshare(t.Context(), "i-1", "s-2"); err == nil || Unclear(err) {
		t.Errorf("still shared: %v", err)
	}
	sent := stub.count("DELETE")
	for _, guid := range []string{"", ".."} {
		if s.Unshare(t.Context(), "i-1", guid) == nil || s.Unshare(t.Context(), guid, "s-2") == nil || stub.count("DELETE") != sent {
			t.Errorf("%q was sent", guid)
		}
	}
}

// places serves a space with applications and user-provided instances; looks
// answer how each is.
func (s *stub) places(apps, provided int) {
	s.handle("GET /v3/spaces/s-1", 200, obj{"guid": "s-1", "name": "prod"})
	s.pages("GET /v3/apps", apps, func(i int) any { return obj{"guid": fmt.Sprintf("a-%03d", i), "name": fmt.Sprintf("app %d", i)} }, nil)
	s.pages("GET /v3/service_instances", provided, func(i int) any { return obj{"guid": fmt.Sprintf("u-%03d", i), "name": fmt.Sprintf("ups %d", i)} }, nil)
}

func TestMentions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.places(120, 60)
		var now, most atomic.Int32
		look := func(answer func(guid string) any) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				most.Store(max(most.Load(), now.Add(1)))
				time.Sleep(100 * time.Millisecond)
				now.Add(-1)
				writeJSON(w, 200, answer(r.PathValue("guid")))
			}
		}
		stub.mux.HandleFunc("GET /v3/apps/{guid}/environment_variables", look(func(guid string) any {
			if guid != "a-007" {
				return obj{"var": obj{"HOST": "postgres-8." + canary}}
			}
			return obj{"var": obj{"Z": "jdbc:postgresql://" + dbHost + "/x", "A": dbHost, "N": 7, "LOG": "info", dbHost: dbHost, "NEXT": "another.example"}}
		}))
		stub.mux.HandleFunc("GET /v3/service_instances/{guid}/credentials", look(func(string) any {
			return obj{"deep": []any{obj{"uri": "postgres://u:p@" + dbHost + "/x"}}}
		}))
		var asked []int
		stub.mux.HandleFunc("GET /v3/service_credential_bindings", func(w http.ResponseWriter, r *http.Request) {
			list := []any{}
			of := strings.Split(r.URL.Query().Get("service_instance_guids"), ",")
			for _, guid := range of[:1] {
				for _, app := range []string{"a-1", "a-2", "a-1"} {
					list = append(list, obj{"relationships": obj{"app": rel(app), "service_instance": rel(guid)}})
				}
			}
			asked = append(asked, len(of))
			writeJSON(w, 200, obj{"resources": list, "included": obj{"apps": []any{obj{"guid": "a-1", "name": "one"}}}})
		})
		s, _ := stub.signedIn(t)
		start := time.Now()
		found, err := s.Mentions(t.Context(), "s-1", []HostMark{markOf([]string{"another.example"}), markOf([]string{dbHost})})
		if err != nil || len(found) != 61 {
			t.Fatalf("%d, %v", len(found), err)
		}
		if took := time.Since(start); most.Load() != looksAtOnce || took != 180/looksAtOnce*100*time.Millisecond {
			t.Errorf("%d at once, %v", most.Load(), took)
		}
		if diff := cmp.Diff([]int{50, 10}, asked); diff != "" {
			t.Error(diff)
		}
		one, both := []HostMark{markOf([]string{dbHost})}, []HostMark{markOf([]string{"another.example"}), markOf([]string{dbHost})}
		want := []Mention{
			{Kind: KindUserProvided, GUID: "u-000", Name: "ups 0", BoundApps: []Ref{{"a-1", "one"}, {GUID: "a-2"}}, Marks: one},
			{Kind: KindUserProvided, GUID: "u-001", Name: "ups 1", Marks: one},
			{Kind: KindEnvironment, GUID: "a-007", Name: "app 7", Variables: []string{"A", "NEXT", "Z"}, Marks: both}, // not the name that tells
		}
		if diff := cmp.Diff(want, []Mention{found[0], found[1], found[60]}, cmp.AllowUnexported(HostMark{})); diff != "" {
			t.Error(diff)
		}
	})
}

// What can't be looked into is named, and the others are looked into.
func TestWhatCouldNotBeLookedInto(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.places(7, 2)
		quote := dbHost + ` password ` + canary
		stub.mux.HandleFunc("GET /v3/service_instances/{guid}/credentials", func(w http.ResponseWriter, r *http.Request) {
			if r.PathValue("guid") == "u-001" {
				fail(w, 403, 10003, quote, quote)
				return
			}
			writeJSON(w, 200, dbHost) // not even an object
		})
		stub.mux.HandleFunc("GET /v3/apps/{guid}/environment_variables", func(w http.ResponseWriter, r *http.Request) {
			switch r.PathValue("guid") {
			case "a-000":
				writeJSON(w, 200, obj{"var": obj{"DB": dbHost}})
			case "a-001":
				fail(w, 403, 10003, quote, quote)
			case "a-002":
				fail(w, 404, 10010, quote, quote)
			case "a-003":
				w.WriteHeader(500)
				_, _ = fmt.Fprint(w, quote)
			case "a-004":
				writeJSON(w, 200, []any{quote})
			case "a-005":
				writeJSON(w, 200, obj{"var": quote})
			default:
				writeJSON(w, 200, obj{"var": obj{}})
			}
		})
		stub.handle("GET /v3/service_credential_bindings", 200, obj{"resources": []any{}})
		s, _ := stub.signedIn(t)
		found, err := s.Mentions(t.Context(), "s-1", []HostMark{markOf([]string{dbHost})})
		if len(found) != 2 || found[0].GUID != "u-000" || found[1].GUID != "a-000" {
			t.Errorf("found %+v", found)
		}
		unseen, ok := errors.AsType[*UnseenError](fmt.Errorf("census: %w", err))
		if !ok {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, u := range unseen.Unseen {
			got[u.Kind+" "+u.GUID+" "+u.Name] = refusalOf(u.Err).status
		}
		want := map[string]int{
			"user-provided u-001 ups 1": 403, "environment a-001 app 1": 403, "environment a-002 app 2": 404,
			"environment a-003 app 3": 500, "environment a-004 app 4": 0, "environment a-005 app 5": 0,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if text := err.Error(); !strings.Contains(text, "could not look into the user-provided service ups 1 (") ||
			!strings.Contains(text, "the environment of app 1 (") || !strings.HasSuffix(text, "and 3 more") {
			t.Errorf("says %s", text)
		}
		out := fmt.Sprintf("%v %+v %#v", err, unseen, found)
		for _, u := range unseen.Unseen {
			e, _ := errors.AsType[*Error](u.Err)
			data, _ := json.Marshal(e)
			out += fmt.Sprintf("%+v %s", *e, data)
		}
		for _, word := range []string{canary, "password", strings.ToLower(dbHost)} {
			if strings.Contains(strings.ToLower(out), word) {
				t.Errorf("%s got out: %s", word, out)
			}
		}
	})
}

func TestMentionsThatCanNotBeTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.places(50, 0)
		stub.handle("GET /v3/apps/{guid}/environment_variables", 200, obj{"var": obj{}})
		s, _ := stub.signedIn(t)
		marks := []HostMark{markOf([]string{dbHost})}
		before := len(stub.seen)
		for _, none := range [][]HostMark{nil, {{}}, {marks[0], {}}} {
			if _, err := s.Mentions(t.Context(), "s-1", none); !errors.Is(err, errNoMarks) || len(stub.seen) != before {
				t.Errorf("looked for nothing: %v", err)
			}
		}
		// A space that may not be seen has empty lists.
		found, err := s.Mentions(t.Context(), "s-2", marks)
		unseen, ok := errors.AsType[*UnseenError](err)
		if !ok || found != nil || len(unseen.Unseen) != 1 || unseen.Unseen[0].Kind != KindSpace || !strings.Contains(err.Error(), "the space s-2") || stub.count("GET /v3/apps") != 0 {
			t.Errorf("%v, %v", found, err)
		}
		// No network is not about one application; nor is a caller who went away.
		stub.intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/environment_variables") {
				hijack(w, "")
				return true
			}
			return false
		})
		found, err = s.Mentions(t.Context(), "s-1", marks)
		if _, partly := errors.AsType[*UnseenError](err); err == nil || partly || found != nil || errors.Is(err, context.Canceled) {
			t.Errorf("no network: %v, %v", found, err)
		}
		if n := stub.count("GET /v3/apps/"); n > 2*looksAtOnce*readTries {
			t.Errorf("went on for %d requests", n)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Mentions(ctx, "s-1", marks); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("went away: %v", err)
		}
	})
}

func TestHostOf(t *testing.T) {
	stub := newStub(t)
	stub.handle("GET /v3/service_credential_bindings/k-1/details", 200, obj{"credentials": obj{"hostname": dbHost, "password": canary}})
	stub.handle("GET /v3/service_credential_bindings/b-1/details", 200, obj{"credentials": obj{"uri": "postgres://u:" + canary + "@" + strings.ToUpper(dbHost) + ":1/x"}})
	for guid, body := range map[string]any{
		"none": obj{"credentials": obj{"clientid": canary}}, "odd": obj{"credentials": canary}, "list": []any{canary}, "text": canary,
	} {
		stub.handle("GET /v3/service_credential_bindings/"+guid+"/details", 200, body)
	}
	stub.mux.HandleFunc("GET /v3/service_credential_bindings/unborn/details", func(w http.ResponseWriter, _ *http.Request) {
		fail(w, 404, 10010, "CF-ResourceNotFound", canary)
	})
	s, _ := stub.signedIn(t)
	key, err := s.HostOf(t.Context(), "k-1")
	binding, err2 := s.HostOf(t.Context(), "b-1")
	if err != nil || err2 != nil || key.IsZero() || key != binding {
		t.Errorf("%v %v, %v %v", key, err, binding, err2)
	}
	for _, guid := range []string{"none", "odd", "list", "text", "unborn", "a/b"} {
		mark, err := s.HostOf(t.Context(), guid)
		if !mark.IsZero() || (err != nil) != (guid == "unborn" || guid == "a/b") || IsNotFound(err) != (guid == "unborn") {
			t.Errorf("%s: %v, %v", guid, mark, err)
		}
		if text := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(text, canary) {
			t.Errorf("%s: a secret got out: %s", guid, text)
		}
	}
}

func TestBoundServices(t *testing.T) {
	stub := newStub(t)
	stub.mux.HandleFunc("GET /v3/service_credential_bindings", func(w http.ResponseWriter, r *http.Request) {
		list, apps := []any{}, []any{}
		for guid := range strings.SplitSeq(r.URL.Query().Get("app_guids"), ",") {
			apps = append(apps, obj{"guid": guid, "name": "app " + guid})
			for _, instance := range []string{"i-0", "i-1", "i-1", "own-" + guid} {
				list = append(list, obj{"relationships": obj{"app": rel(guid), "service_instance": rel(instance)}})
			}
		}
		writeJSON(w, 200, obj{"resources": list, "included": obj{"apps": apps}})
	})
	stub.instances(2)
	s, _ := stub.signedIn(t)
	all, err := s.BoundServices(t.Context(), guids("a", 60))
	if err != nil || len(all) != 180 {
		t.Fatalf("%d, %v", len(all), err)
	}
	app := Ref{"a-000", "app a-000"}
	want := []BoundService{
		{app, Ref{"i-0", "db-0"}, "postgresql-db", "standard"},
		{app, Ref{"i-1", "db-1"}, "postgresql", "v9.6-dev"},
		{App: app, Instance: Ref{GUID: "own-a-000"}}, // not to be seen
	}
	if diff := cmp.Diff(want, all[:3]); diff != "" {
		t.Error(diff)
	}
	if n := stub.count("GET"); n != 2+2 {
		t.Errorf("%d requests", n)
	}
	if n := strings.Count(stub.last("GET /v3/service_instances").Query.Get("guids"), ","); n != 11 {
		t.Errorf("%d guids in the last query", n+1)
	}
	if all, err := s.BoundServices(t.Context(), nil); err != nil || all != nil || stub.count("GET") != 4 {
		t.Errorf("of no application: %v, %v", all, err)
	}
}
