package sandbox_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/sandbox"
)

// The scenarios, told from the outside: what a client sees, and what is true in
// the end.

func TestGoodDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		target := l.info.Target
		l.prepare(target)

		began := time.Now()
		check := l.v1("GET", "preflight-check", l.names(target))
		if got := time.Since(began); check.status != 200 || got != 25*time.Second {
			t.Errorf("preflight: %d after %v", check.status, got)
		}
		want := map[string]any{
			"sourceDatabaseIssues": map[string]any{"critical": []any{}, "warning": []any{
				"Multiple roles found (beware that no role will be migrated)",
				"Multiple access privileges found (beware that no privilege will be migrated)",
			}},
			"targetDatabaseIssues": map[string]any{"critical": []any{}, "warning": []any{"Database is not empty (3 objects found)"}},
		}
		if diff := cmp.Diff(want, check.json); diff != "" {
			t.Errorf("findings (-want +got):\n%s", diff)
		}

		n := l.replicate(target)
		for _, app := range []string{"orders-api", "orders-worker"} {
			act(l, app, "stop")
		}
		l.accepted(l.v1("POST", "finalization", n), "/v1/finalization?")
		if got := l.status("finalization", n); got != "WAITING" {
			t.Errorf("finalization begins as %s", got)
		}
		l.reaches("finalization", n, "COMPLETED")
		if got := l.status("replication", n); got != "COMPLETED" {
			t.Errorf("replication ends as %s", got)
		}

		for app, name := range map[string]string{"orders-api": "db", "orders-worker": "", "orders-admin": ""} {
			bindings := l.cc("GET", "/v3/service_credential_bindings?app_guids="+l.guid("apps", app)+"&service_instance_names="+l.info.Source, nil)
			l.must(l.cc("DELETE", "/v3/service_credential_bindings/"+bindings.json["resources"].([]any)[0].(map[string]any)["guid"].(string), nil))
			l.must(l.bind(app, target, name))
		}
		act(l, "orders-api", "start")
		act(l, "orders-worker", "start")
		l.must(l.cc("DELETE", "/v3/service_instances/"+l.guid("service_instances", l.info.Source), nil))

		truth := l.Truth()
		if len(truth.Migrations) != 1 || len(truth.Migrations[0].LostWrites) != 0 {
			t.Fatalf("migrations: %+v", truth.Migrations)
		}
		if got, want := statuses(truth.Migrations[0].Replication), []string{"WAITING", "RUNNING", "IN-SYNC", "COMPLETED"}; !slices.Equal(got, want) {
			t.Errorf("replication went %v", got)
		}
		if got, want := statuses(*truth.Migrations[0].Finalization), []string{"WAITING", "RUNNING", "COMPLETED"}; !slices.Equal(got, want) {
			t.Errorf("finalization went %v", got)
		}
		if _, there := l.space().Instance(l.info.Source); there {
			t.Error("the source is still there")
		}
		api := l.app("orders-api")
		wantAPI := sandbox.AppTruth{
			Name: "orders-api", State: "STARTED", Instances: 3, Running: 3, UsesNow: []string{"logs", target},
			Bindings: []sandbox.BindingTruth{
				{Instance: "logs", Parameters: map[string]any{}, LastOperation: "create succeeded"},
				{Instance: target, Name: "db", Parameters: map[string]any{}, LastOperation: "create succeeded"},
			},
		}
		if diff := cmp.Diff(wantAPI, api); diff != "" {
			t.Errorf("orders-api (-want +got):\n%s", diff)
		}
		if admin := l.app("orders-admin"); admin.State != "STOPPED" || admin.Running != 0 {
			t.Errorf("orders-admin: %+v", admin)
		}
	})
}

func statuses(r sandbox.RunTruth) []string {
	var list []string
	for _, change := range r.History {
		list = append(list, change.Status)
	}
	return list
}
