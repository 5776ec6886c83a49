package sandbox_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/sandbox"
)

// The rules of the migration service.

func TestTokensOfTheMigrationService(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		n := l.names(l.info.Target)
		token := l.token()
		refresh := l.signIn().str("refresh_token")

		l.refused(l.do(l.v1Request("GET", "replication", n, "")), http.StatusUnauthorized)
		l.refused(l.do(l.v1Request("GET", "replication", n, "x.y.z")), http.StatusUnauthorized)
		l.refused(l.do(l.v1Request("GET", "replication", n, token[:len(token)-2]+"AA")), http.StatusUnauthorized)
		l.refused(l.do(l.v1Request("GET", "replication", n, refresh)), http.StatusUnauthorized)
		l.refused(l.do(l.v1Request("GET", "replication", n, token)), http.StatusNotFound)           // let in; there is no key yet
		l.refused(l.do(l.v1Request("GET", "replication", n, "bearer "+token)), http.StatusNotFound) // as the Quick Start pastes it

		time.Sleep(sandbox.DefaultTokenLifetime)
		l.refused(l.do(l.v1Request("GET", "replication", n, token)), http.StatusForbidden)
	})
}

func TestReplicationNeedsOpenAccessAndKeys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		n := l.names(l.info.Target)
		l.refused(l.v1("POST", "replication", n), 404) // no keys
		l.must(l.createKey(l.info.Source, "sk", nil))
		creating := l.createKey(l.info.Target, "tk", nil)
		l.refused(l.v1("POST", "replication", n), 422) // a key that is not there yet
		l.must(creating)
		l.refused(l.v1("POST", "replication", n), 422) // no access
		if got := l.critical("sourceDatabaseIssues", l.info.Target); len(got) != 1 {
			t.Errorf("critical findings without access: %v", got)
		}
		if got := l.Truth().Preflights; got != 0 {
			t.Errorf("%d checks counted that could not look", got)
		}

		// "true" counts when the update has succeeded, not when it was asked for.
		opening := l.cc("PATCH", "/v3/service_instances/"+l.guid("service_instances", l.info.Source),
			map[string]any{"parameters": map[string]any{"prepare_migration": "true"}})
		l.refused(l.v1("POST", "replication", n), 422)
		l.must(opening)
		l.replicate(l.info.Target)
	})
}

func TestOneReplicationAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		l.prepare(l.info.Target, l.info.SpareTarget)
		n := l.names(l.info.Target)
		l.refused(l.v1("GET", "replication", n), 404)
		l.refused(l.v1("DELETE", "replication", n), 404)
		l.accepted(l.v1("POST", "replication", n), "/v1/replication?")
		l.refused(l.v1("POST", "replication", n), 409)
		l.refused(l.v1("POST", "replication", l.names(l.info.SpareTarget)), 409)
		l.refused(l.v1("GET", "replication", l.names(l.info.SpareTarget)), 404)

		for _, status := range []string{"WAITING", "RUNNING"} {
			l.reaches("replication", n, status)
			l.refused(l.v1("POST", "finalization", n), 409)
		}
		l.refused(l.v1("GET", "finalization", n), 404)
		l.reaches("replication", n, "IN-SYNC")
		l.refused(l.v1("DELETE", "finalization", n), 404)
		l.accepted(l.v1("POST", "finalization", n), "/v1/finalization?")
		l.refused(l.v1("POST", "finalization", n), 409)
	})
}

func TestATargetIsSpentOnceCopiesWereMade(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		l.prepare(l.info.Target)
		n := l.names(l.info.Target)

		l.v1("POST", "replication", n)
		l.gone(l.v1("DELETE", "replication", n)) // while it waits: nothing was copied
		time.Sleep(5 * time.Hour)                // and what was on the agenda stays without effect
		if got := l.critical("targetDatabaseIssues", l.info.Target); len(got) != 0 {
			t.Errorf("critical findings: %v", got)
		}

		l.v1("POST", "replication", n)
		l.reaches("replication", n, "RUNNING")
		if got := l.critical("targetDatabaseIssues", l.info.Target); len(got) != 0 {
			t.Errorf("its own copies are no finding while it runs: %v", got)
		}
		l.gone(l.v1("DELETE", "replication", n))
		if got := l.critical("targetDatabaseIssues", l.info.Target); len(got) != 1 {
			t.Errorf("critical findings: %v", got)
		}
	})
}

func TestADeletedKeyEndsWhatNeedsIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		l.prepare(l.info.Target)
		n := l.replicate(l.info.Target)
		l.must(l.cc("DELETE", "/v3/service_credential_bindings/"+l.keyGUID(l.info.Source, "sk"), nil))
		l.refused(l.v1("GET", "replication", n), 404) // the six names must all be there

		l.must(l.createKey(l.info.Source, "sk", nil))
		if got := l.status("replication", n); got != "FAILED" {
			t.Errorf("replication is %s", got)
		}
	})
}

func (l *lab) keyGUID(instance, key string) string {
	l.t.Helper()
	found := l.cc("GET", "/v3/service_credential_bindings?type=key&names="+key+"&service_instance_guids="+l.guid("service_instances", instance), nil)
	return found.json["resources"].([]any)[0].(map[string]any)["guid"].(string)
}

func TestWritesThatGetLostAreKnown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		l.prepare(l.info.Target)
		n := l.replicate(l.info.Target)
		act(l, "orders-worker", "stop") // orders-api is forgotten
		l.v1("POST", "finalization", n)
		l.reaches("finalization", n, "RUNNING")
		act(l, "orders-worker", "start") // somebody's pipeline
		act(l, "billing-app", "restart") // has nothing to do with it
		l.reaches("finalization", n, "COMPLETED")
		act(l, "orders-admin", "start") // still bound to the source

		var apps []string
		for _, lost := range l.Truth().Migrations[0].LostWrites {
			apps = append(apps, lost.App)
		}
		if want := "[orders-api orders-worker orders-admin]"; fmtList(apps) != want {
			t.Errorf("lost writes of %v, want %s", apps, want)
		}
	})
}

func TestAPreflightThatIsGivenUpIsNotCounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		l.prepare(l.info.Target)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		resp, err := l.http.Do(l.v1Request("GET", "preflight-check", l.names(l.info.Target), l.token()).WithContext(ctx))
		if err == nil {
			_ = resp.Body.Close()
			t.Fatalf("answered with %d after ten seconds", resp.StatusCode)
		}
		time.Sleep(time.Minute)
		if got := l.Truth().Preflights; got != 0 {
			t.Errorf("%d checks", got)
		}
		requests := l.Requests()
		if last := requests[len(requests)-1]; last.Path != "/v1/preflight-check" || last.Status != 0 {
			t.Errorf("the log says %+v", last)
		}
	})
}
