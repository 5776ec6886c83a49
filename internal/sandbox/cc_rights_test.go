package sandbox_test

import (
	"net/url"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/internal/sandbox"
)

func TestWhoMayOnlyLookChangesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		l.prepare(l.info.Target)
		instance, app := l.guid("service_instances", l.info.Source), l.guid("apps", "orders-api")
		key, binding := l.keyGUID(l.info.Source, "sk"), l.bindingPath("orders-api", l.info.Source)
		before := l.space()

		sam := l.oauth(url.Values{"grant_type": {"password"}, "username": {"sam@acme.example"}, "password": {"battery-staple"}}).str("access_token")
		as := func(method, path, body string) answer { return l.do(l.request(method, path, []byte(body), sam)) }
		if a := as("GET", "/v3/spaces", ""); a.json["pagination"].(map[string]any)["total_results"] != 1.0 {
			t.Errorf("spaces: %s", a.text)
		}
		if a := as("GET", "/v3/service_instances/"+instance+"/permissions", ""); a.json["read"] != true || a.json["manage"] != false {
			t.Errorf("permissions: %s", a.text)
		}
		for _, c := range []struct{ method, path, body string }{
			{"PATCH", "/v3/service_instances/" + instance, `{"parameters":{}}`},
			{"DELETE", "/v3/service_instances/" + instance, ""},
			{"POST", "/v3/service_credential_bindings", `{"type":"key","name":"k","relationships":{"service_instance":{"data":{"guid":"` + instance + `"}}}}`},
			{"DELETE", "/v3/service_credential_bindings/" + key, ""},
			{"DELETE", binding, ""},
			{"POST", "/v3/apps/" + app + "/actions/stop", ""},
			{"POST", "/v3/apps/" + app + "/processes/web/actions/scale", `{"instances":0}`},
			{"POST", "/v3/apps/" + app + "/tasks", `{"command":"rm"}`},
			{"GET", "/v3/apps/" + app + "/env", ""},
		} {
			if a := as(c.method, c.path, c.body); a.status != 403 || a.cfError(t).Code != 10003 {
				t.Errorf("%s %s: %d %s", c.method, c.path, a.status, a.text)
			}
		}
		if a := as("GET", "/v3/service_credential_bindings/"+key+"/details", ""); a.status != 404 {
			t.Errorf("credentials: %d %s", a.status, a.text)
		}
		l.refused(l.do(l.v1Request("POST", "replication", l.names(l.info.Target), sam)), 403)
		if diff := cmp.Diff(before, l.space()); diff != "" {
			t.Errorf("something changed:\n%s", diff)
		}
	})
}

func TestLabels(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		path := "/v3/service_instances/" + l.guid("service_instances", l.info.Source)
		l.cc("PATCH", path, map[string]any{"metadata": map[string]any{"labels": map[string]any{"team": "orders"}}})
		for selector, want := range map[string]float64{
			"team=orders": 1, "team==orders": 1, "team=billing": 0, "team!=orders": 8, "team": 1, "!team": 8, "team,team=orders": 1,
		} {
			a := l.cc("GET", "/v3/service_instances?label_selector="+url.QueryEscape(selector), nil)
			if got := a.json["pagination"].(map[string]any)["total_results"]; got != want {
				t.Errorf("%s: %v, want %v", selector, got, want)
			}
		}
		l.cc("PATCH", path, map[string]any{"metadata": map[string]any{"labels": map[string]any{"team": nil}}})
		if a := l.cc("GET", path, nil); len(a.json["metadata"].(map[string]any)["labels"].(map[string]any)) != 0 {
			t.Errorf("labels: %s", a.text)
		}
	})
}
