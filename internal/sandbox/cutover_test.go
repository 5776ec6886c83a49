package sandbox_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/internal/sandbox"
)

// The scenarios about the cut-over.

// lost are the lost writes of the only migration, without their times.
func (l *lab) lost() []string {
	l.t.Helper()
	var all []string
	for _, w := range l.Truth().Migrations[0].LostWrites {
		over := ""
		if !w.Until.IsZero() {
			over = fmt.Sprintf(" for %v", w.Until.Sub(w.Since))
		}
		all = append(all, strings.TrimSpace(w.Space+"/"+w.App+" "+w.Via)+over)
	}
	slices.Sort(all)
	return all
}

func TestForgottenWriters(t *testing.T) {
	t.Parallel()
	play(t, "forgotten-writer", func(t *testing.T, l *lab) {
		// What a census can see of them.
		list := l.cc("GET", "/v3/service_instances?type=user-provided&space_guids="+l.spaceGUID(), nil)
		direct := list.json["resources"].([]any)[0].(map[string]any)
		if direct["type"] != "user-provided" || direct["name"] != "orders-direct" {
			t.Errorf("user-provided: %s", list.text)
		}
		key := l.cc("GET", "/v3/service_credential_bindings/"+l.keyGUID(l.info.Source, "reporting")+"/details", nil)
		host := key.str("credentials", "hostname")
		if a := l.cc("GET", "/v3/service_instances/"+direct["guid"].(string)+"/credentials", nil); host == "" || !strings.Contains(a.str("uri"), "@"+host+":") {
			t.Errorf("its credentials don't name the host %s", host)
		}
		env := l.cc("GET", "/v3/apps/"+l.guid("apps", "orders-board")+"/env", nil)
		if !strings.Contains(env.str("environment_variables", "REPORT_DATABASE"), host) {
			t.Error("the environment doesn't name the host")
		}
		vcap := l.cc("GET", "/v3/apps/"+l.guid("apps", "orders-export")+"/env", nil).json["system_env_json"].(map[string]any)["VCAP_SERVICES"].(map[string]any)
		if provided, _ := vcap["user-provided"].([]any); len(provided) != 1 || !strings.Contains(fmt.Sprint(provided[0]), host) {
			t.Errorf("VCAP_SERVICES: %d user-provided", len(provided))
		}
		tasks := l.cc("GET", "/v3/apps/"+l.guid("apps", "orders-admin")+"/tasks?states=RUNNING", nil)
		task := tasks.json["resources"].([]any)[0].(map[string]any)
		if admin := l.app("orders-admin"); task["name"] != "backfill" || admin.State != "STOPPED" || !slices.Equal(admin.Tasks, []string{"backfill"}) {
			t.Errorf("task: %s of %+v", tasks.text, admin)
		}
		if worker := l.app("orders-worker"); !slices.ContainsFunc(worker.Bindings, func(b sandbox.BindingTruth) bool { return b.Instance == "nightly-jobs" }) {
			t.Errorf("no scheduler: %+v", worker)
		}

		// Nobody is stopped but the obvious ones; the task only in the downtime.
		l.prepare(l.info.Target)
		n := l.replicate(l.info.Target)
		act(l, "orders-api", "stop")
		act(l, "orders-worker", "stop")
		l.v1("POST", "finalization", n)
		time.Sleep(time.Minute)
		if a := l.cc("POST", "/v3/tasks/"+task["guid"].(string)+"/actions/cancel", nil); a.status != http.StatusAccepted {
			t.Errorf("cancel: %d %s", a.status, a.text)
		}
		l.reaches("finalization", n, "COMPLETED")
		want := []string{
			"dev/orders-report binding",
			"prod/ service key reporting, used by a reporting tool outside the landscape",
			"prod/orders-admin task backfill for 45s",
			"prod/orders-board environment variable REPORT_DATABASE",
			"prod/orders-export user-provided service orders-direct",
		}
		if diff := cmp.Diff(want, l.lost()); diff != "" {
			t.Errorf("lost (-want +got):\n%s", diff)
		}
	})
}

func TestWhoIsNotForgottenLosesNothing(t *testing.T) {
	t.Parallel()
	play(t, "forgotten-writer", func(t *testing.T, l *lab) {
		l.prepare(l.info.Target)
		n := l.replicate(l.info.Target)
		for _, app := range []string{"orders-api", "orders-worker", "orders-export"} {
			act(l, app, "stop")
		}
		report := l.cc("GET", "/v3/apps?names=orders-report", nil).json["resources"].([]any)[0].(map[string]any)["guid"].(string)
		l.cc("POST", "/v3/apps/"+report+"/actions/stop", nil)
		// No instances is as good as stopped.
		l.cc("POST", "/v3/apps/"+l.guid("apps", "orders-board")+"/processes/web/actions/scale", map[string]any{"instances": 0})
		tasks := l.cc("GET", "/v3/tasks?states=RUNNING", nil)
		l.cc("POST", "/v3/tasks/"+tasks.json["resources"].([]any)[0].(map[string]any)["guid"].(string)+"/actions/cancel", nil)
		l.must(l.cc("DELETE", "/v3/service_credential_bindings/"+l.keyGUID(l.info.Source, "reporting"), nil))
		l.v1("POST", "finalization", n)
		l.reaches("finalization", n, "COMPLETED")
		if got := l.lost(); len(got) != 0 {
			t.Errorf("lost: %v", got)
		}
	})
}

func TestComesBack(t *testing.T) {
	t.Parallel()
	play(t, "comes-back", func(t *testing.T, l *lab) {
		l.prepare(l.info.Target)
		n := l.replicate(l.info.Target)
		act(l, "orders-api", "stop")
		act(l, "orders-worker", "stop")
		l.v1("POST", "finalization", n)
		l.reaches("finalization", n, "RUNNING")
		if got := l.app("orders-worker").State; got != "STOPPED" {
			t.Errorf("it is %s at once", got)
		}
		time.Sleep(2 * time.Minute)
		if got := l.app("orders-worker").State; got != "STARTED" {
			t.Errorf("after two minutes it is %s", got)
		}
		time.Sleep(30 * time.Second)
		act(l, "orders-worker", "stop")
		l.reaches("finalization", n, "COMPLETED")
		lost := l.Truth().Migrations[0].LostWrites
		if len(lost) != 1 || lost[0].App != "orders-worker" || lost[0].Until.Sub(lost[0].Since) < 30*time.Second || lost[0].Until.Sub(lost[0].Since) > 2*time.Minute {
			t.Errorf("lost: %+v", lost)
		}
		events := l.cc("GET", "/v3/audit_events?types=audit.app.start&target_guids="+l.guid("apps", "orders-worker"), nil)
		if !strings.Contains(events.text, "deploy-pipeline") {
			t.Errorf("events: %s", events.text)
		}
	})
}

func TestNobodyComesBackToAFinalizationThatIsGone(t *testing.T) {
	t.Parallel()
	play(t, "comes-back", func(t *testing.T, l *lab) {
		l.prepare(l.info.Target)
		n := l.replicate(l.info.Target)
		act(l, "orders-worker", "stop")
		l.v1("POST", "finalization", n)
		l.reaches("finalization", n, "RUNNING")
		l.gone(l.v1("DELETE", "finalization", n))
		time.Sleep(time.Hour)
		if got := l.app("orders-worker").State; got != "STOPPED" {
			t.Errorf("it is %s", got)
		}
	})
}

func TestSlowApps(t *testing.T) {
	t.Parallel()
	play(t, "slow-apps", func(t *testing.T, l *lab) {
		states := func(app string) string {
			var list []string
			stats := l.cc("GET", "/v3/apps/"+l.guid("apps", app)+"/processes/web/stats", nil)
			for _, s := range stats.json["resources"].([]any) {
				list = append(list, s.(map[string]any)["state"].(string))
			}
			return strings.Join(slices.Compact(list), ",")
		}
		act(l, "orders-api", "restart")
		time.Sleep(4*time.Minute - time.Second)
		if got := states("orders-api"); got != "STARTING" {
			t.Errorf("orders-api is %s", got)
		}
		time.Sleep(time.Second)
		if got := states("orders-api"); got != "RUNNING" {
			t.Errorf("orders-api is %s", got)
		}

		// orders-worker is well on the source, and never on the target.
		act(l, "orders-worker", "restart")
		time.Sleep(2 * time.Minute)
		if got := states("orders-worker"); got != "RUNNING" {
			t.Errorf("on the source it is %s", got)
		}
		l.must(l.bind("orders-worker", l.info.Target, ""))
		act(l, "orders-worker", "restart")
		seen := map[string]int{}
		for range 120 {
			seen[states("orders-worker")]++
			time.Sleep(15 * time.Second)
		}
		if seen["STARTING"] == 0 || seen["CRASHED"] == 0 || len(seen) != 2 {
			t.Errorf("on the target it was %v", seen)
		}
		if got := l.app("orders-worker"); got.State != "STARTED" || got.Running != 0 {
			t.Errorf("%+v", got)
		}
		l.must(l.cc("DELETE", l.bindingPath("orders-worker", l.info.Target), nil))
		act(l, "orders-worker", "restart")
		time.Sleep(2 * time.Minute)
		if got := states("orders-worker"); got != "RUNNING" {
			t.Errorf("back on the source it is %s", got)
		}
	})
}

func TestManyApps(t *testing.T) {
	t.Parallel()
	play(t, "many-apps", func(t *testing.T, l *lab) {
		counts := map[string]int{}
		for _, a := range l.space().Apps {
			counts["all"]++
			counts[a.State]++
			if a.State == "STARTED" && a.Running != a.Instances {
				t.Errorf("%s: %d of %d run", a.Name, a.Running, a.Instances)
			}
			if a.State == "STARTED" && a.Instances == 0 {
				counts["none wanted"]++
			}
			if len(a.Processes) > 1 {
				counts["with workers"]++
			}
			for _, b := range a.Bindings {
				if b.Instance != l.info.Source {
					continue
				}
				counts["bound"]++
				if b.Name != "" {
					counts["named"]++
				}
				if len(b.Parameters) > 0 {
					counts["with parameters"]++
				}
			}
		}
		want := map[string]int{
			"all": 60, "STARTED": 41, "STOPPED": 19, "bound": 52, "named": 29, "with parameters": 17, "with workers": 11, "none wanted": 6,
		}
		if diff := cmp.Diff(want, counts); diff != "" {
			t.Errorf("apps (-want +got):\n%s", diff)
		}
	})
}

func TestCutOverLate(t *testing.T) {
	t.Parallel()
	play(t, "cut-over-late", func(t *testing.T, l *lab) {
		l.prepare(l.info.Target)
		n := l.replicate(l.info.Target)
		began := time.Now()
		l.v1("POST", "finalization", n)
		l.reaches("finalization", n, "COMPLETED")
		if took := time.Since(began); took < time.Hour {
			t.Errorf("took %v", took)
		}
	})
}
