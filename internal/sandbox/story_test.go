package sandbox_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/internal/sandbox"
)

// The scenarios, told from the outside: what a client sees, and what is true in
// the end.

func TestGoodDay(t *testing.T) {
	t.Parallel()
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
			Processes: map[string]int{"web": 3}, Tasks: []string{},
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

func TestCriticalFindingsGoAwayAtTheThirdRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{Scenario: "critical-findings"})
		l.prepare(l.info.Target)
		var found []int
		for range 4 {
			found = append(found, len(l.critical("sourceDatabaseIssues", l.info.Target)))
		}
		if want := []int{2, 1, 0, 0}; !slices.Equal(found, want) {
			t.Errorf("critical findings: %v, want %v", found, want)
		}
		l.replicate(l.info.Target)
	})
}

func TestReplicationDespiteCriticalFindingsFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{Scenario: "critical-findings"})
		l.prepare(l.info.Target)
		n := l.names(l.info.Target)
		l.accepted(l.v1("POST", "replication", n), "/v1/replication?")
		l.reaches("replication", n, "FAILED")
		l.refused(l.v1("POST", "finalization", n), 409)
	})
}

func TestGoogleCloudNeedsSessionReplication(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{Scenario: "gcp"})
		if l.info.Provider != "Google Cloud" {
			t.Errorf("provider %q", l.info.Provider)
		}
		l.prepare(l.info.Target)
		n := l.names(l.info.Target)
		if got := l.critical("targetDatabaseIssues", l.info.Target); len(got) != 1 {
			t.Errorf("critical findings: %v", got)
		}
		l.refused(l.v1("POST", "replication", n), 422)

		l.must(l.createKey(l.info.Target, "session", map[string]any{"enable_session_replication": true}))
		n["target_service_key_name"] = "session"
		l.accepted(l.v1("POST", "replication", n), "/v1/replication?")
		l.reaches("replication", n, "IN-SYNC")
	})
}

func TestReplicationFailsAndANewTargetHelps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{Scenario: "replication-fails"})
		l.prepare(l.info.Target, l.info.SpareTarget)
		n := l.names(l.info.Target)
		l.accepted(l.v1("POST", "replication", n), "/v1/replication?")
		l.reaches("replication", n, "FAILED")

		l.refused(l.v1("POST", "replication", l.names(l.info.SpareTarget)), 409)
		l.gone(l.v1("DELETE", "replication", n))
		l.refused(l.v1("GET", "replication", n), 404)
		if got := l.critical("targetDatabaseIssues", l.info.Target); !slices.Equal(got, []any{"Database is not empty (1207 objects found)"}) {
			t.Errorf("the old target: %v", got)
		}
		l.accepted(l.v1("POST", "replication", n), "/v1/replication?")
		l.reaches("replication", n, "FAILED")
		l.gone(l.v1("DELETE", "replication", n))

		l.replicate(l.info.SpareTarget)
		tried := l.Truth().Migrations
		if len(tried) != 3 || tried[0].Replication.Reason == "" || !tried[0].Replication.Deleted || tried[2].Replication.Status != "IN-SYNC" {
			t.Errorf("%+v", tried)
		}
	})
}

func TestFinalizationFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{Scenario: "finalization-fails"})
		l.prepare(l.info.Target, l.info.SpareTarget)
		n := l.replicate(l.info.Target)
		act(l, "orders-api", "stop")
		act(l, "orders-worker", "stop")
		l.accepted(l.v1("POST", "finalization", n), "/v1/finalization?")
		l.reaches("finalization", n, "FAILED")
		if got := l.status("replication", n); got != "IN-SYNC" {
			t.Errorf("replication is %s", got)
		}
		l.refused(l.v1("DELETE", "replication", n), 409)
		l.gone(l.v1("DELETE", "finalization", n))

		l.accepted(l.v1("POST", "finalization", n), "/v1/finalization?")
		l.reaches("finalization", n, "FAILED") // the same target again
		l.gone(l.v1("DELETE", "finalization", n))
		l.gone(l.v1("DELETE", "replication", n))

		n = l.replicate(l.info.SpareTarget)
		l.accepted(l.v1("POST", "finalization", n), "/v1/finalization?")
		l.reaches("finalization", n, "COMPLETED")
	})
}

func (l *lab) critical(side, target string) []any {
	l.t.Helper()
	check := l.v1("GET", "preflight-check", l.names(target))
	if check.status != 200 {
		l.t.Fatalf("preflight: %d %s", check.status, check.text)
	}
	return check.json[side].(map[string]any)["critical"].([]any)
}

func (l *lab) gone(a answer) {
	l.t.Helper()
	if a.status != 204 {
		l.t.Errorf("not deleted: %d %s", a.status, a.text)
	}
}

func TestWholeMigrationIsQuickAtHighSpeed(t *testing.T) {
	t.Parallel()
	// The others have tests of their own: some can't be migrated, some are well
	// under way, and some are about taking their time.
	others := []string{"trial", "no-rights", "already-half-way", "already-done", "async-slow", "cut-over-late", "restless", "taken-target"}
	for _, s := range sandbox.Scenarios() {
		if slices.Contains(others, s.Name) {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLab(t, sandbox.Config{Scenario: s.Name, Speed: 500})
				key := map[string]any{"enable_session_replication": true}
				l.openAccess()
				l.must(l.createKey(l.info.Source, "sk", nil))
				l.must(l.createKey(l.info.Target, "tk", key))
				for range 3 {
					began := time.Now()
					l.v1("GET", "preflight-check", l.names(l.info.Target))
					if took := time.Since(began); took != 300*time.Millisecond {
						t.Errorf("preflight took %v", took)
					}
				}
				began := time.Now()
				n := l.names(l.info.Target)
				l.v1("POST", "replication", n)
				for l.status("replication", n) == "WAITING" || l.status("replication", n) == "RUNNING" {
					time.Sleep(500 * time.Millisecond)
				}
				if l.status("replication", n) == "IN-SYNC" {
					l.v1("POST", "finalization", n)
					for s := "WAITING"; s == "WAITING" || s == "RUNNING"; s = l.status("finalization", n) {
						time.Sleep(500 * time.Millisecond)
					}
				}
				if took := time.Since(began); took > 15*time.Second {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}
