package cfsession

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

type obj = map[string]any

func rel(guid string) obj { return obj{"data": obj{"guid": guid}} }

// pages serves a list page by page, as the Cloud Controller does.
func (s *stub) pages(pattern string, total int, one func(i int) any, included func(from, to int) obj) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		size := 50
		if n, err := strconv.Atoi(r.URL.Query().Get("per_page")); err == nil {
			size = n
		}
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		from, to := (page-1)*size, min(page*size, total)
		body := obj{"pagination": obj{"total_results": total, "total_pages": (total + size - 1) / size, "next": nil}}
		if to < total {
			body["pagination"].(obj)["next"] = obj{"href": fmt.Sprintf("%s%s?page=%d&per_page=%d", stubAPI, r.URL.Path, page+1, size)}
		}
		list := []any{}
		for i := from; i < to; i++ {
			list = append(list, one(i))
		}
		body["resources"] = list
		if included != nil {
			body["included"] = included(from, to)
		}
		writeJSON(w, 200, body)
	})
}

func (s *stub) instances(total int) {
	s.pages("GET /v3/service_instances", total, func(i int) any {
		return obj{
			"guid": fmt.Sprintf("i-%d", i), "name": fmt.Sprintf("db-%d", i), "type": "managed", "tags": []string{"a", "b"},
			"created_at": "2024-01-01T00:00:00Z", "dashboard_url": nil, "upgrade_available": false, "maintenance_info": obj{},
			"last_operation": obj{"type": "update", "state": "in progress", "description": "50%", "updated_at": "2024-05-06T07:08:09Z"},
			"relationships":  obj{"space": rel("s-1"), "service_plan": rel(fmt.Sprintf("p-%d", i%2))},
			"metadata":       obj{"labels": obj{}, "annotations": obj{}},
		}
	}, func(_, _ int) obj {
		return obj{
			"service_plans": []any{
				obj{"guid": "p-0", "name": "standard", "relationships": obj{"service_offering": rel("f-0")}},
				obj{"guid": "p-1", "name": "v9.6-dev", "relationships": obj{"service_offering": rel("f-1")}},
			},
			"service_offerings": []any{obj{"guid": "f-0", "name": "postgresql-db"}, obj{"guid": "f-1", "name": "postgresql"}},
		}
	})
}

func TestInstances(t *testing.T) {
	stub := newStub(t)
	stub.instances(1001)
	s, _ := stub.signedIn(t)
	all, err := s.Instances(t.Context(), "s-1")
	if err != nil || len(all) != 1001 {
		t.Fatalf("%d instances, %v", len(all), err)
	}
	want := Instance{
		GUID: "i-1000", Name: "db-1000", Type: "managed", Offering: "postgresql-db", Plan: "standard", Tags: []string{"a", "b"},
		LastOperation: LastOperation{"update", "in progress", "50%", time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)}, SpaceGUID: "s-1",
	}
	if diff := cmp.Diff(want, all[1000]); diff != "" {
		t.Error(diff)
	}
	if all[1].Offering != "postgresql" || all[1].Plan != "v9.6-dev" {
		t.Errorf("%+v", all[1])
	}
	if n := stub.count("GET"); n != 2 {
		t.Errorf("%d requests for two pages", n)
	}
	query := stub.last("GET").Query
	if query.Get("space_guids") != "s-1" || query.Get("fields[service_plan]") == "" || query.Get("fields[service_plan.service_offering]") == "" {
		t.Errorf("query %v", query)
	}
	if got := stub.last("GET").Auth; got != "Bearer "+reveal2(t, s) {
		t.Error("another token was sent")
	}
}

func TestSharedAndUserProvidedInstances(t *testing.T) {
	stub := newStub(t)
	stub.handle("GET /v3/service_instances", 200, obj{"resources": []any{
		obj{"guid": "i-1", "name": "shared", "type": "managed", "relationships": obj{"space": rel("s-9"), "service_plan": rel("p-1")}},
		obj{"guid": "i-2", "name": "mine", "type": "user-provided", "tags": nil, "relationships": obj{"space": rel("s-1")}},
	}})
	s, _ := stub.signedIn(t)
	all, err := s.Instances(t.Context(), "s-1")
	if err != nil || len(all) != 2 || !all[0].Shared || all[0].SpaceGUID != "s-9" || all[1].Shared || all[1].Type != "user-provided" || all[1].Plan != "" {
		t.Errorf("%+v, %v", all, err)
	}
	one, err := s.Instance(t.Context(), "i-2")
	if err != nil || one.Name != "mine" || stub.last("GET").Query.Get("guids") != "i-2" {
		t.Errorf("%+v, %v", one, err)
	}
	if _, err := s.Instance(t.Context(), "i-3"); !IsNotFound(err) {
		t.Errorf("got %v", err)
	}
}

func TestOrgsAndSpaces(t *testing.T) {
	stub := newStub(t)
	stub.pages("GET /v3/organizations", 250, func(i int) any { return obj{"guid": fmt.Sprintf("o-%d", i), "name": fmt.Sprintf("org %d", i)} }, nil)
	stub.handle("GET /v3/spaces", 200, obj{"resources": []any{obj{"guid": "s-1", "name": "a,b"}, obj{"guid": "s-2", "name": "A,B"}}})
	s, _ := stub.signedIn(t)
	got, err := s.Orgs(t.Context(), Page{})
	if err != nil || len(got.Items) != 100 || got.Page != 1 || got.Pages != 3 || got.Total != 250 || got.Items[7] != (Ref{"o-7", "org 7"}) {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = s.Orgs(t.Context(), Page{Number: 3})
	if err != nil || len(got.Items) != 50 || got.Page != 3 {
		t.Errorf("%+v, %v", got, err)
	}
	if n := stub.count("GET"); n != 2 {
		t.Errorf("%d requests for two pages", n)
	}
	spaces, err := s.Spaces(t.Context(), "o-1", Page{Size: 5000})
	if err != nil || len(spaces.Items) != 2 {
		t.Errorf("%+v, %v", spaces, err)
	}
	if q := stub.last("GET /v3/spaces").Query; q.Get("per_page") != "5000" || q.Get("organization_guids") != "o-1" || q.Get("order_by") != "name" {
		t.Errorf("query %v", q)
	}
	space, err := s.FindSpace(t.Context(), "o-1", "a,b")
	if err != nil || space.GUID != "s-1" {
		t.Errorf("%+v, %v", space, err)
	}
	if q := stub.last("GET /v3/spaces").Query; q.Get("names") != "a%2Cb" || q.Get("organization_guids") != "o-1" {
		t.Errorf("query %v", q)
	}
	if _, err := s.FindSpace(t.Context(), "o-1", "none"); !IsNotFound(err) || !strings.Contains(err.Error(), `"none"`) {
		t.Errorf("got %v", err)
	}
	if _, err := s.FindOrg(t.Context(), "ORG 7"); !IsNotFound(err) {
		t.Errorf("another case is another org: %v", err)
	}
}

func TestUpdateSendsParametersAndNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.job("PATCH /v3/service_instances/i-1", "j-1", "PROCESSING", "POLLING", "POLLING", "SOMETHING_NEW", "COMPLETE")
		s, _ := stub.signedIn(t)
		start := time.Now()
		if err := s.UpdateParameters(t.Context(), "i-1", json.RawMessage(`{"prepare_migration":"true"}`)); err != nil {
			t.Fatal(err)
		}
		// "tags":null would remove the tags; any other key would change something.
		if body := stub.last("PATCH").Body; body != `{"parameters":{"prepare_migration":"true"}}` {
			t.Errorf("sent %s", body)
		}
		if took := time.Since(start); took != 1000*time.Millisecond+1500*time.Millisecond+2250*time.Millisecond+3375*time.Millisecond {
			t.Errorf("waited %v", took)
		}
		if err := s.RenameInstance(t.Context(), "i-1", "old-orders"); err != nil || stub.last("PATCH").Body != `{"name":"old-orders"}` {
			t.Errorf("%v, sent %s", err, stub.last("PATCH").Body)
		}
	})
}

func TestAJobOfHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.rotate = true
		states := make([]string, 1000)
		for i := range states {
			states[i] = "POLLING"
		}
		stub.job("DELETE /v3/service_instances/i-1", "j-1", append(states, "COMPLETE")...)
		s, _ := stub.signedIn(t)
		start := time.Now()
		if err := s.DeleteInstance(t.Context(), "i-1"); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took < 80*time.Minute || took > 90*time.Minute {
			t.Errorf("took %v: looks are every 5 s", took)
		}
	})
}

func TestSomeMinutesWithoutNetworkAreWaitedOut(t *testing.T) {
	for outage, survived := range map[time.Duration]bool{3 * time.Minute: true, 20 * time.Minute: false} {
		synctest.Test(t, func(t *testing.T) {
			stub := newStub(t)
			stub.job("DELETE /v3/service_instances/i-1", "j-1", "PROCESSING", "COMPLETE")
			s, _ := stub.signedIn(t)
			start := time.Now()
			stub.intercept(func(w http.ResponseWriter, r *http.Request) bool {
				down := strings.HasPrefix(r.URL.Path, "/v3/jobs/") && time.Since(start) < outage
				if down {
					hijack(w, "")
				}
				return down
			})
			if err := s.DeleteInstance(t.Context(), "i-1"); (err == nil) != survived || Unclear(err) == survived {
				t.Errorf("%v without network: %v", outage, err)
			}
			if took := time.Since(start); took > 6*time.Minute {
				t.Errorf("%v without network: gave up after %v", outage, took)
			}
		})
	}
}

func TestAFailedJobIsTyped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.job("PATCH /v3/service_instances/i-1", "j-1", "PROCESSING", "FAILED")
		s, _ := stub.signedIn(t)
		err := fmt.Errorf("engine: %w", s.UpdateParameters(t.Context(), "i-1", json.RawMessage(`{}`)))
		job, ok := errors.AsType[*JobError](err)
		want := JobError{"update the service instance", "j-1", 10009, "CF-UnableToPerform", "update could not be completed: quota"}
		if !ok || *job != want {
			t.Errorf("got %+v", err)
		}
		if Unclear(err) {
			t.Error("a failed job is a clear answer")
		}
	})
}

func TestParametersToldAndNotTold(t *testing.T) {
	stub := newStub(t)
	refuse := func(status, code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			fail(w, status, code, "CF-X", "This service does not support fetching")
		}
	}
	stub.handle("GET /v3/service_instances/told/parameters", 200, obj{"memory": 2})
	stub.mux.HandleFunc("GET /v3/service_instances/untold/parameters", refuse(400, 120004))
	stub.mux.HandleFunc("GET /v3/service_instances/broken/parameters", refuse(400, 10005))
	stub.handle("GET /v3/service_credential_bindings/told/parameters", 200, obj{"enable_session_replication": true})
	stub.mux.HandleFunc("GET /v3/service_credential_bindings/untold/parameters", refuse(400, 90007))
	stub.mux.HandleFunc("GET /v3/service_credential_bindings/broken/parameters", refuse(404, 10010))
	s, _ := stub.signedIn(t)
	for name, look := range map[string]func(guid string) (json.RawMessage, bool, error){
		"instance": func(g string) (json.RawMessage, bool, error) { return s.Parameters(t.Context(), g) },
		"key":      func(g string) (json.RawMessage, bool, error) { return s.KeyParameters(t.Context(), g) },
		"binding":  func(g string) (json.RawMessage, bool, error) { return s.BindingParameters(t.Context(), g) },
	} {
		if raw, known, err := look("told"); err != nil || !known || !strings.Contains(string(raw), ":") {
			t.Errorf("%s told: %s, %v, %v", name, raw, known, err)
		}
		if raw, known, err := look("untold"); err != nil || known || raw != nil {
			t.Errorf("%s untold: %s, %v, %v", name, raw, known, err)
		}
		if _, known, err := look("broken"); err == nil || known {
			t.Errorf("%s broken: %v, %v", name, known, err)
		}
	}
}

func TestKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.pages("GET /v3/service_credential_bindings", 501, func(i int) any {
			return obj{"guid": fmt.Sprintf("k-%d", i), "name": fmt.Sprintf("key-%d", i), "type": "key", "last_operation": obj{"type": "create", "state": "succeeded"}}
		}, nil)
		stub.job("POST /v3/service_credential_bindings", "j-1", "PROCESSING", "COMPLETE")
		s, _ := stub.signedIn(t)
		keys, err := s.Keys(t.Context(), "i-1")
		if err != nil || len(keys) != 501 || keys[500] != (Key{"k-500", "key-500", LastOperation{Type: "create", State: "succeeded"}}) {
			t.Errorf("%d keys, %v", len(keys), err)
		}
		if q := stub.last("GET /v3/s").Query; q.Get("type") != "key" || q.Get("service_instance_guids") != "i-1" {
			t.Errorf("query %v", q)
		}
		key, err := s.CreateKey(t.Context(), "i-1", "key-3", json.RawMessage(`{"enable_session_replication":true}`))
		if err != nil || key.GUID != "k-3" {
			t.Errorf("%+v, %v", key, err)
		}
		want := `{"type":"key","relationships":{"service_instance":{"data":{"guid":"i-1"}}},"name":"key-3","parameters":{"enable_session_replication":true}}`
		if body := stub.last("POST /v3").Body; body != want {
			t.Errorf("sent %s", body)
		}
		if _, err := s.CreateKey(t.Context(), "i-1", "plain", nil); !Unclear(err) || !IsNotFound(err) {
			t.Errorf("made, but not to be found: %v", err)
		}
		if body := stub.last("POST /v3").Body; strings.Contains(body, "parameters") {
			t.Errorf("sent %s", body)
		}
	})
}

func TestKeyUsable(t *testing.T) {
	stub := newStub(t)
	for guid, body := range map[string]any{
		"whole":  obj{"credentials": obj{"hostname": "h", "port": "4071", "username": "u", "password": canary}, "volume_mounts": []any{obj{"a": 1}}},
		"uri":    obj{"credentials": obj{"uri": "postgres://" + canary}},
		"half":   obj{"credentials": obj{"hostname": "h", "username": ""}},
		"empty":  obj{"credentials": obj{}},
		"absent": obj{},
	} {
		stub.handle("GET /v3/service_credential_bindings/"+guid+"/details", 200, body)
	}
	stub.mux.HandleFunc("GET /v3/service_credential_bindings/unborn/details", func(w http.ResponseWriter, _ *http.Request) {
		fail(w, 404, 10010, "CF-ResourceNotFound", "Creation of service key in progress")
	})
	s, _ := stub.signedIn(t)
	for guid, want := range map[string]Usable{"whole": {true, true}, "uri": {true, true}, "half": {true, false}, "empty": {}, "absent": {}} {
		got, err := s.KeyUsable(t.Context(), guid)
		if err != nil || got != want || got.Whole() != (want.Host && want.User) {
			t.Errorf("%s: %+v, %v", guid, got, err)
		}
	}
	if _, err := s.KeyUsable(t.Context(), "unborn"); !IsNotFound(err) {
		t.Errorf("got %v", err)
	}
}

func TestBindingsTakeTwoRequestsAPage(t *testing.T) {
	stub := newStub(t)
	binding := func(i int) obj {
		b := obj{"guid": fmt.Sprintf("b-%d", i), "name": nil, "type": "app", "last_operation": obj{"state": "succeeded"}, "relationships": obj{"app": rel(fmt.Sprintf("a-%d", i)), "service_instance": rel(fmt.Sprintf("i-%d", i%2))}}
		if i == 1 {
			b["name"] = "main"
		}
		return b
	}
	stub.pages("GET /v3/service_credential_bindings", 150, func(i int) any { return binding(i) }, func(from, to int) obj {
		apps := []any{}
		for i := from; i < min(to, 149); i++ { // the last application is not to be seen
			apps = append(apps, obj{"guid": fmt.Sprintf("a-%d", i), "name": fmt.Sprintf("app-%d", i), "state": "STARTED", "lifecycle": obj{"type": "buildpack"}, "relationships": obj{"space": rel("s-1")}})
		}
		return obj{"apps": apps}
	})
	stub.mux.HandleFunc("GET /v3/processes", func(w http.ResponseWriter, r *http.Request) {
		list := []any{obj{"guid": "x", "type": "web", "instances": 9, "relationships": obj{"app": rel("stranger")}}}
		for guid := range strings.SplitSeq(r.URL.Query().Get("app_guids"), ",") {
			list = append(list,
				obj{"guid": "w" + guid, "type": "web", "instances": 2, "relationships": obj{"app": rel(guid)}},
				obj{"guid": "q" + guid, "type": "worker", "instances": 0, "relationships": obj{"app": rel(guid)}})
		}
		writeJSON(w, 200, obj{"resources": list, "pagination": obj{}})
	})
	s, _ := stub.signedIn(t)
	all, err := s.Bindings(t.Context(), "i-0", "i-1")
	if err != nil || len(all) != 150 {
		t.Fatalf("%d, %v", len(all), err)
	}
	want := Binding{"b-1", "main", LastOperation{State: "succeeded"}, App{"a-1", "app-1", "s-1", "STARTED", []Process{{"web", 2}, {"worker", 0}}, ""}, "i-1", time.Time{}}
	if diff := cmp.Diff(want, all[1]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Binding{GUID: "b-149", LastOperation: LastOperation{State: "succeeded"}, App: App{GUID: "a-149"}, InstanceGUID: "i-1"}, all[149]); diff != "" {
		t.Error(diff)
	}
	if n := stub.count("GET"); n != 4 {
		t.Errorf("%d requests for two pages", n)
	}
	if q := stub.last("GET /v3/s").Query; q.Get("type") != "app" || q.Get("include") != "app" || q.Get("service_instance_guids") != "i-0,i-1" {
		t.Errorf("query %v", q)
	}
}

func TestNoBindingsAsksForNoProcesses(t *testing.T) {
	stub := newStub(t)
	// Also without "included", over which go-cfclient would fall.
	stub.handle("GET /v3/service_credential_bindings", 200, obj{"resources": []any{}})
	s, _ := stub.signedIn(t)
	all, err := s.Bindings(t.Context(), "i-1")
	if err != nil || len(all) != 0 || stub.count("GET") != 1 {
		t.Errorf("%v, %v, %d requests", all, err, stub.count("GET"))
	}
}

func TestBind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.job("POST /v3/service_credential_bindings", "j-1", "COMPLETE")
		stub.handle("GET /v3/service_credential_bindings", 200, obj{"resources": []any{
			obj{"guid": "b-1", "name": nil, "relationships": obj{"app": rel("a-1")}},
			obj{"guid": "b-2", "name": "main", "relationships": obj{"app": rel("a-1")}},
		}})
		s, _ := stub.signedIn(t)
		for _, c := range []struct {
			name   string
			params json.RawMessage
			guid   string
			body   string
		}{
			{"", nil, "b-1", `{"type":"app","relationships":{"app":{"data":{"guid":"a-1"}},"service_instance":{"data":{"guid":"i-1"}}}}`},
			{"main", json.RawMessage(`{"x":1}`), "b-2", `{"type":"app","relationships":{"app":{"data":{"guid":"a-1"}},"service_instance":{"data":{"guid":"i-1"}}},"name":"main","parameters":{"x":1}}`},
		} {
			b, err := s.Bind(t.Context(), "a-1", "i-1", c.name, c.params)
			if err != nil || b.GUID != c.guid || b.Name != c.name || b.App.GUID != "a-1" {
				t.Errorf("%+v, %v", b, err)
			}
			if body := stub.last("POST /v3").Body; body != c.body {
				t.Errorf("sent %s", body)
			}
		}
	})
}

func TestDeletingWhatIsGoneIsSuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.job("DELETE /v3/service_credential_bindings/b-1", "j-1", "POLLING", "COMPLETE")
		stub.mux.HandleFunc("DELETE /v3/service_instances/user-provided", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
		s, _ := stub.signedIn(t)
		for name, err := range map[string]error{
			"awaited":  s.DeleteBinding(t.Context(), "b-1"),
			"gone":     s.DeleteBinding(t.Context(), "b-2"),
			"at once":  s.DeleteInstance(t.Context(), "user-provided"),
			"gone too": s.DeleteInstance(t.Context(), "i-2"),
		} {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := stub.count("GET /v3/jobs"); n != 2 {
			t.Errorf("%d looks at the job", n)
		}
	})
}

func TestApps(t *testing.T) {
	stub := newStub(t)
	stub.handle("GET /v3/apps/a-1", 200, obj{"guid": "a-1", "name": "shop", "state": "STOPPED", "relationships": obj{"space": rel("s-1")}})
	stub.handle("GET /v3/processes", 200, obj{"resources": []any{
		obj{"guid": "w-1", "type": "web", "instances": 2, "relationships": obj{"app": rel("a-1")}},
		obj{"guid": "q-1", "type": "worker", "instances": 0, "relationships": obj{"app": rel("a-1")}},
	}})
	stub.handle("GET /v3/processes/w-1/stats", 200, obj{"resources": []any{
		obj{"type": "web", "index": 0, "state": "RUNNING", "details": nil, "instance_ports": []any{obj{"external_tls_proxy_port": "x"}}},
		obj{"type": "web", "index": 1, "state": "CRASHED", "details": "no room"},
	}})
	stub.mux.HandleFunc("POST /v3/apps/a-1/actions/{action}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("action") == "start" {
			fail(w, 422, 10008, "CF-UnprocessableEntity", "Assign a droplet before starting this app.")
			return
		}
		fail(w, 422, 10008, "CF-UnprocessableEntity", "is stopped already")
	})
	stub.handle("POST /v3/apps/a-2/actions/start", 200, obj{"guid": "a-2", "lifecycle": obj{"type": "buildpack"}})
	s, _ := stub.signedIn(t)

	app, err := s.App(t.Context(), "a-1")
	if diff := cmp.Diff(App{"a-1", "shop", "s-1", AppStopped, []Process{{"web", 2}, {"worker", 0}}, ""}, app); diff != "" || err != nil {
		t.Error(diff, err)
	}
	health, err := s.AppHealth(t.Context(), "a-1")
	if diff := cmp.Diff([]InstanceHealth{{Type: "web", Index: 0, State: "RUNNING"}, {Type: "web", Index: 1, State: "CRASHED", Details: "no room"}}, health); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if err := s.StopApp(t.Context(), "a-1"); err != nil {
		t.Errorf("already stopped: %v", err)
	}
	if err := s.StartApp(t.Context(), "a-1"); err == nil || !strings.Contains(err.Error(), "droplet") {
		t.Errorf("got %v", err)
	}
	if err := s.StartApp(t.Context(), "a-2"); err != nil {
		t.Error(err)
	}
	if err := s.StartApp(t.Context(), "a-3"); !IsNotFound(err) {
		t.Errorf("got %v", err)
	}
	if body := stub.last("POST /v3").Body; body != "" {
		t.Errorf("sent %q", body)
	}
}

func TestRefusalsAreToldApart(t *testing.T) {
	for _, c := range []struct {
		status, code int
		detail       string
		taken, busy  bool
	}{
		{422, 10008, "The binding name is invalid. Key binding names must be unique. The service instance already has a key binding with name 'k1'.", true, false},
		{422, 10008, "The app is already bound to the service instance.", true, false},
		{422, 10008, "The service instance name is taken: pg.", true, false},
		{422, 10008, "A binding for this service instance and app is getting deleted or its deletion failed", false, false},
		{422, 10008, "There is an operation in progress for the service instance.", false, true},
		{409, 60016, "An operation for service instance pg is in progress.", false, true},
		{409, 90008, "An operation for the service binding between app a and service instance pg is in progress.", false, true},
		{403, 10003, "You are not authorized to perform the requested action", false, false},
	} {
		rec := httptest.NewRecorder()
		fail(rec, c.status, c.code, "CF-X", c.detail)
		err := fmt.Errorf("engine: %w", error(refusalError("op", &answer{Response: rec.Result(), body: rec.Body.Bytes()})))
		job := fmt.Errorf("engine: %w", error(&JobError{Code: c.code, Detail: c.detail}))
		for _, err := range []error{err, job} {
			if IsNameTaken(err) != c.taken || IsOperationInProgress(err) != c.busy || IsNotFound(err) {
				t.Errorf("%v: taken %v, busy %v", err, IsNameTaken(err), IsOperationInProgress(err))
			}
		}
	}
	for _, err := range []error{nil, errors.New("x")} {
		if IsNameTaken(err) || IsNotFound(err) || IsForbidden(err) || IsOperationInProgress(err) || Unclear(err) || IsUnauthorized(err) {
			t.Errorf("predicates on %v", err)
		}
	}
}

func TestAListWithoutAnEndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.handle("GET /v3/service_credential_bindings", 200, obj{
			"pagination": obj{"next": obj{"href": stubAPI + "/v3/service_credential_bindings?page=2"}}, "resources": []any{},
		})
		s, _ := stub.signedIn(t)
		if _, err := s.Keys(t.Context(), "i-1"); err == nil || stub.count("GET") != maxPages {
			t.Errorf("%v after %d requests", err, stub.count("GET"))
		}
	})
}

func BenchmarkInstances1000(b *testing.B) {
	stub := newStub(b)
	stub.instances(1000)
	s, _ := stub.signedIn(b)
	before := stub.count("GET")
	n := 0
	for b.Loop() {
		all, err := s.Instances(b.Context(), "s-1")
		if err != nil || len(all) != 1000 {
			b.Fatalf("%d, %v", len(all), err)
		}
		n++
	}
	b.ReportMetric(float64(stub.count("GET")-before)/float64(n), "requests/op")
}
