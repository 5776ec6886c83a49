package sandbox_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/sandbox"
)

func parsed(t *testing.T, line string) sandbox.Fault {
	t.Helper()
	f, err := sandbox.ParseFault(line)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// bindBy binds an application with a strategy.
func (l *lab) bindBy(strategy, app, instance, name string, parameters map[string]any) answer {
	l.t.Helper()
	body := map[string]any{
		"type": "app", "strategy": strategy, "parameters": parameters,
		"relationships": map[string]any{
			"app":              map[string]any{"data": map[string]any{"guid": l.guid("apps", app)}},
			"service_instance": map[string]any{"data": map[string]any{"guid": l.guid("service_instances", instance)}},
		},
	}
	if name != "" {
		body["name"] = name
	}
	return l.cc("POST", "/v3/service_credential_bindings", body)
}

// offered are the credentials that an application finds for an instance at its next start.
func (l *lab) offered(app, instance string) (bindings []string) {
	l.t.Helper()
	env := l.cc("GET", "/v3/apps/"+l.guid("apps", app)+"/env", nil)
	data, _ := json.Marshal(env.json["system_env_json"])
	var system struct {
		Services map[string][]struct {
			Instance string `json:"instance_name"`
			Binding  string `json:"binding_guid"`
		} `json:"VCAP_SERVICES"`
	}
	if err := json.Unmarshal(data, &system); err != nil {
		l.t.Fatal(err)
	}
	for _, list := range system.Services {
		for _, s := range list {
			if s.Instance == instance {
				bindings = append(bindings, s.Binding)
			}
		}
	}
	return bindings
}

func (l *lab) bindingsOf(app, instance string) []map[string]any {
	l.t.Helper()
	a := l.cc("GET", "/v3/service_credential_bindings?type=app&app_guids="+l.guid("apps", app)+"&service_instance_guids="+l.guid("service_instances", instance), nil)
	var list []map[string]any
	for _, r := range a.json["resources"].([]any) {
		list = append(list, r.(map[string]any))
	}
	return list
}

// TestSeveralBindings: another binding to the same instance takes the strategy
// "multiple"; the application gets the newest that was made.
func TestSeveralBindings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		detail := func(a answer) string { return a.cfError(t).Detail }
		for strategy, want := range map[string]string{"": "already bound", "single": "already bound", "many": "Strategy must be"} {
			if a := l.bindBy(strategy, "orders-worker", l.info.Source, "", nil); a.status != http.StatusUnprocessableEntity || !strings.Contains(detail(a), want) {
				t.Errorf("%q: %d %s", strategy, a.status, a.text)
			}
		}
		if a := l.bindBy("multiple", "orders-api", l.info.Source, "other", nil); !strings.Contains(detail(a), "name cannot be changed") {
			t.Errorf("another name: %s", a.text)
		}
		first := l.offered("orders-worker", l.info.Source)
		time.Sleep(2 * time.Second)
		a := l.bindBy("multiple", "orders-worker", l.info.Source, "", map[string]any{"pool_size": 9})
		if got := l.offered("orders-worker", l.info.Source); len(got) != 1 || got[0] != first[0] {
			t.Errorf("before it is made: %v, %v", got, first)
		}
		if busy := l.bindBy("multiple", "orders-worker", l.info.Source, "", nil); busy.status == http.StatusAccepted {
			t.Errorf("a third while the second is being made: %d", busy.status)
		}
		l.must(a)
		newest := l.offered("orders-worker", l.info.Source)
		if len(newest) != 1 || newest[0] == first[0] || len(l.bindingsOf("orders-worker", l.info.Source)) != 2 {
			t.Errorf("offered %v, first %v", newest, first)
		}
		for range 3 {
			l.must(l.bindBy("multiple", "orders-worker", l.info.Source, "", nil))
		}
		if a := l.bindBy("multiple", "orders-worker", l.info.Source, "", nil); !strings.Contains(detail(a), "too many bindings") {
			t.Errorf("a sixth: %s", a.text)
		}
	})
}

// TestADeletionThatFailedTakesTheBindingOutOfForce: it stays in the list, keeps its name
// taken, and no application gets it.
func TestADeletionThatFailedTakesTheBindingOutOfForce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{Faults: []sandbox.Fault{parsed(t, "DELETE /v3/service_credential_bindings/* job-fails")}})
		old := l.bindingsOf("orders-api", l.info.Source)[0]["guid"].(string)
		if state, _ := l.wait(l.cc("DELETE", "/v3/service_credential_bindings/"+old, nil)); state != "FAILED" {
			t.Fatal(state)
		}
		if got := l.offered("orders-api", l.info.Source); len(got) != 0 || len(l.bindingsOf("orders-api", l.info.Source)) != 1 {
			t.Errorf("offered: %v", got)
		}
		if a := l.bind("orders-api", l.info.Target, "db"); a.status != http.StatusUnprocessableEntity {
			t.Errorf("the same name: %d", a.status)
		}
		l.must(l.bind("orders-api", l.info.Target, "db-2"))
		if a := l.bind("orders-api", l.info.Source, "db-3"); !strings.Contains(a.cfError(t).Detail, "its deletion failed") {
			t.Errorf("bound anew: %s", a.text)
		}
	})
}

func TestBoundTwice(t *testing.T) {
	t.Parallel()
	play(t, "bound-twice", func(t *testing.T, l *lab) {
		for _, app := range []string{"orders-api", "orders-worker"} {
			list := l.bindingsOf(app, l.info.Source)
			if got := l.offered(app, l.info.Source); len(list) != 2 || len(got) != 1 || got[0] != list[1]["guid"] {
				t.Errorf("%s: %v of %v", app, got, list)
			}
		}
	})
}

func TestNotReady(t *testing.T) {
	t.Parallel()
	play(t, "not-ready", func(t *testing.T, l *lab) {
		routable := func() any {
			stats := l.cc("GET", "/v3/apps/"+l.guid("apps", "orders-worker")+"/processes/web/stats", nil)
			instance := stats.json["resources"].([]any)[0].(map[string]any)
			if instance["state"] != "RUNNING" {
				t.Errorf("%v", instance)
			}
			return instance["routable"]
		}
		if routable() != true {
			t.Error("on the source it is ready")
		}
		l.must(l.bind("orders-worker", l.info.Target, "new"))
		act(l, "orders-worker", "stop")
		act(l, "orders-worker", "start")
		time.Sleep(5 * time.Minute)
		if routable() != false {
			t.Error("on the target it is not")
		}
	})
}

// TestAFieldThatHoldsSomethingElse: the card changes one field, of one thing or of all,
// and can leave it out.
func TestAFieldThatHoldsSomethingElse(t *testing.T) {
	t.Parallel()
	for card, want := range map[string]map[string]any{
		`GET /v3/service_instances field of=orders-db name=last_operation.state value=failed`:  {"orders-db": "failed", "billing-db": "succeeded"},
		`GET /v3/service_instances field name=last_operation.state value=odd`:                  {"orders-db": "odd", "billing-db": "odd"},
		`GET /v3/service_instances field of=orders-db name=last_operation.state`:               {"orders-db": nil, "billing-db": "succeeded"},
		`GET /v3/service_instances field of=orders-db name=last_operation value='{"state":7}'`: {"orders-db": 7.0, "billing-db": "succeeded"},
		`GET /v3/service_instances field of=nobody name=last_operation.state value=failed`:     {"orders-db": "succeeded", "billing-db": "succeeded"},
		`GET /v3/service_instances field name=no.such value=failed`:                            {"orders-db": "succeeded", "billing-db": "succeeded"},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := newLab(t, sandbox.Config{Faults: []sandbox.Fault{parsed(t, card)}})
			for _, r := range l.cc("GET", "/v3/service_instances?per_page=500", nil).json["resources"].([]any) {
				instance := r.(map[string]any)
				state, counts := want[instance["name"].(string)]
				if got := instance["last_operation"].(map[string]any)["state"]; counts && got != state {
					t.Errorf("%s: %v is %v", card, instance["name"], got)
				}
			}
		})
	}
}
