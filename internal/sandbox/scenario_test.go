package sandbox_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/internal/sandbox"
)

// The scenarios about the platform, told from the outside.

func TestScenariosAreListed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range sandbox.Scenarios() {
		if s.Name == "" || s.Teaches == "" || strings.ContainsRune(s.Teaches, '\n') || seen[s.Name] {
			t.Errorf("%+v", s)
		}
		seen[s.Name] = true
	}
	if len(seen) < 23 || sandbox.Scenarios()[0].Name != "good-day" {
		t.Errorf("%d scenarios, the first is %s", len(seen), sandbox.Scenarios()[0].Name)
	}
}

// play runs a test in a landscape of a scenario.
func play(t *testing.T, scenario string, test func(t *testing.T, l *lab)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, newLab(t, sandbox.Config{Scenario: scenario})) })
}

// pages follows a list to its end and returns the names in it, page by page.
func (l *lab) pages(path string) [][]string {
	l.t.Helper()
	var all [][]string
	for path != "" {
		a := l.cc("GET", path, nil)
		if a.status != http.StatusOK {
			l.t.Fatalf("%s: %d %s", path, a.status, a.text)
		}
		var names []string
		for _, r := range a.json["resources"].([]any) {
			names = append(names, r.(map[string]any)["name"].(string))
		}
		all = append(all, names)
		next := a.json["pagination"].(map[string]any)["next"]
		path = ""
		if next != nil {
			path = strings.TrimPrefix(next.(map[string]any)["href"].(string), l.info.API)
		}
	}
	return all
}

func TestCrowded(t *testing.T) {
	t.Parallel()
	play(t, "crowded", func(t *testing.T, l *lab) {
		space := l.cc("GET", "/v3/spaces?names=prod&organization_guids="+l.orgGUID("acme"), nil)
		prod := space.json["resources"].([]any)[0].(map[string]any)["guid"].(string)
		for path, want := range map[string]struct {
			pages int
			holds string
		}{
			"/v3/organizations?order_by=name":                                {7, "acme-labs"},
			"/v3/spaces?organization_guids=" + l.orgGUID("acme"):             {4, "prod"},
			"/v3/service_instances?order_by=name&space_guids=" + prod:        {9, l.info.Source},
			"/v3/service_instances?space_guids=" + prod:                      {9, l.info.Source},
			"/v3/apps?order_by=name&space_guids=" + prod:                     {8, "orders-api"},
			"/v3/service_instances?per_page=5000&space_guids=" + prod:        {1, l.info.Target},
			"/v3/service_instances?names=orders-db,logs&space_guids=" + prod: {1, "logs"},
		} {
			pages := l.pages(path)
			var all []string
			for _, page := range pages {
				all = append(all, page...)
			}
			if len(pages) != want.pages || !slices.Contains(all, want.holds) {
				t.Errorf("%s: %d pages with %d names, %s among them: %v", path, len(pages), len(all), want.holds, slices.Contains(all, want.holds))
			}
			if slices.Sort(all); want.pages > 1 && len(slices.Compact(slices.Clone(all))) != len(all) {
				t.Errorf("%s: names are there twice", path)
			}
			if want.pages > 5 && (slices.Contains(pages[0], want.holds) && want.holds != "acme-labs") {
				t.Errorf("%s: %s is on the first page", path, want.holds)
			}
		}
	})
}

func (l *lab) orgGUID(name string) string {
	l.t.Helper()
	return l.cc("GET", "/v3/organizations?names="+name, nil).json["resources"].([]any)[0].(map[string]any)["guid"].(string)
}

func TestTrialPlansAreRefused(t *testing.T) {
	t.Parallel()
	play(t, "trial", func(t *testing.T, l *lab) {
		l.openAccess()
		for _, i := range []string{l.info.Source, l.info.Target, "billing-db", l.info.SpareTarget} {
			key := "sk"
			if strings.Contains(i, "hyperscaler") {
				key = "tk"
			}
			l.must(l.createKey(i, key, nil))
		}
		n := l.names(l.info.SpareTarget)
		if a := l.v1("POST", "replication", n); a.status != 422 || !strings.Contains(a.str("message"), "source service instance orders-db is a trial instance") {
			t.Errorf("source: %d %s", a.status, a.text)
		}
		n = l.names(l.info.Target)
		n["source_service_instance_name"] = "billing-db"
		if a := l.v1("GET", "preflight-check", n); a.status != 422 || !strings.Contains(a.str("message"), "target service instance orders-hyperscaler is a trial instance") {
			t.Errorf("target: %d %s", a.status, a.text)
		}
		n["target_service_instance_name"] = l.info.SpareTarget
		if a := l.v1("GET", "preflight-check", n); a.status != 200 {
			t.Errorf("the other pair: %d %s", a.status, a.text)
		}
		source, _ := l.space().Instance(l.info.Source)
		target, _ := l.space().Instance(l.info.Target)
		if source.Plan != "trial" || target.Plan != "trial" {
			t.Errorf("plans %s, %s", source.Plan, target.Plan)
		}
	})
}

func TestNoRights(t *testing.T) {
	t.Parallel()
	play(t, "no-rights", func(t *testing.T, l *lab) {
		instance := l.guid("service_instances", l.info.Source)
		for _, a := range []answer{
			l.cc("PATCH", "/v3/service_instances/"+instance, map[string]any{"parameters": map[string]any{"prepare_migration": "true"}}),
			l.createKey(l.info.Source, "sk", nil),
			l.cc("POST", "/v3/apps/"+l.guid("apps", "orders-api")+"/actions/stop", nil),
		} {
			if a.status != 403 || a.cfError(t).Code != 10003 {
				t.Errorf("%d %s", a.status, a.text)
			}
		}
		l.refused(l.v1("GET", "preflight-check", l.names(l.info.Target)), 403)
		roles := l.cc("GET", "/v3/roles?types=space_developer&space_guids="+l.spaceGUID(), nil)
		if roles.json["pagination"].(map[string]any)["total_results"] != 1.0 {
			t.Errorf("somebody else can help: %s", roles.text)
		}
	})
}

func (l *lab) spaceGUID() string {
	l.t.Helper()
	return l.cc("GET", "/v3/spaces?names="+l.info.Space, nil).json["resources"].([]any)[0].(map[string]any)["guid"].(string)
}

func TestAnExpiredLogin(t *testing.T) {
	t.Parallel()
	play(t, "expired-login", func(t *testing.T, l *lab) {
		dir := t.TempDir()
		if err := l.WriteCFHome(dir); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, ".cf", "config.json"))
		if err != nil {
			t.Fatal(err)
		}
		var session struct{ AccessToken, RefreshToken string }
		if err := json.Unmarshal(data, &session); err != nil {
			t.Fatal(err)
		}
		if a := l.do(l.request("GET", "/v3/spaces", nil, strings.TrimPrefix(session.AccessToken, "bearer "))); a.status != 401 || a.cfError(t).Code != 1000 {
			t.Errorf("the access token: %d %s", a.status, a.text)
		}
		a := l.oauth(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {session.RefreshToken}})
		if a.status != 401 || a.str("error") != "invalid_token" {
			t.Errorf("the refresh token: %d %s", a.status, a.text)
		}
		l.signIn()
		if a := l.oauth(url.Values{"grant_type": {"password"}, "passcode": {l.passcode()}}); a.status != 200 {
			t.Errorf("a passcode: %d %s", a.status, a.text)
		}
	})
}

func TestRotatingTokens(t *testing.T) {
	t.Parallel()
	play(t, "rotating-tokens", func(t *testing.T, l *lab) {
		first := l.signIn().str("refresh_token")
		renew := func(token string) answer {
			return l.oauth(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
		}
		second := renew(first)
		if second.status != 200 || second.str("refresh_token") == first {
			t.Fatalf("%d %s", second.status, second.text)
		}
		if a := renew(first); a.status != 401 || a.str("error") != "invalid_token" {
			t.Errorf("used twice: %d %s", a.status, a.text)
		}
		if a := renew(second.str("refresh_token")); a.status != 200 {
			t.Errorf("the new one: %d %s", a.status, a.text)
		}
	})
}

func TestAsyncSlow(t *testing.T) {
	t.Parallel()
	play(t, "async-slow", func(t *testing.T, l *lab) {
		source := l.guid("service_instances", l.info.Source)
		open := func() (string, string) {
			began := time.Now()
			state, detail := l.wait(l.cc("PATCH", "/v3/service_instances/"+source, map[string]any{"parameters": map[string]any{"prepare_migration": "true"}}))
			if took := time.Since(began); took < 5*time.Minute {
				t.Errorf("took %v", took)
			}
			return state, detail
		}
		if state, detail := open(); state != "FAILED" || !strings.HasPrefix(detail, "update could not be completed: Service broker error: ") {
			t.Errorf("%s %q", state, detail)
		}
		if i, _ := l.space().Instance(l.info.Source); i.AccessOpened || i.LastOperation != "update failed" {
			t.Errorf("after the failure: %+v", i)
		}
		if state, detail := open(); state != "COMPLETE" {
			t.Errorf("the second time: %s %q", state, detail)
		}
		if state, detail := l.wait(l.createKey(l.info.Source, "sk", nil)); state != "FAILED" || !strings.HasPrefix(detail, "bind could not be completed: ") {
			t.Errorf("%s %q", state, detail)
		}
		l.must(l.createKey(l.info.Source, "sk", nil))
		l.must(l.createKey(l.info.Target, "tk", nil))
		l.replicate(l.info.Target)
	})
}

func TestSharedInstance(t *testing.T) {
	t.Parallel()
	play(t, "shared-instance", func(t *testing.T, l *lab) {
		source, _ := l.space().Instance(l.info.Source)
		if diff := cmp.Diff([]string{"acme/dev"}, source.SharedTo); diff != "" {
			t.Errorf("shared (-want +got):\n%s", diff)
		}
		bound := l.cc("GET", "/v3/service_credential_bindings?type=app&include=app&service_instance_guids="+l.guid("service_instances", l.info.Source), nil)
		var apps []string
		for _, a := range bound.json["included"].(map[string]any)["apps"].([]any) {
			apps = append(apps, a.(map[string]any)["name"].(string))
		}
		if slices.Sort(apps); !slices.Equal(apps, []string{"orders-admin", "orders-api", "orders-report", "orders-worker"}) {
			t.Errorf("bound: %v", apps)
		}
		dev, _ := l.Truth().Space("acme", "dev")
		if report, there := dev.App("orders-report"); !there || report.Running != 1 || !slices.Contains(report.UsesNow, l.info.Source) {
			t.Errorf("%+v", report)
		}
	})
}

func TestLandscapesHaveNames(t *testing.T) {
	t.Parallel()
	for scenario, want := range map[string]string{
		"good-day": "sandbox.example", "eu-access": "eu11.hana.ondemand.com", "extension": "eu10-004.hana.ondemand.com",
	} {
		play(t, scenario, func(t *testing.T, l *lab) {
			if l.info.Landscape != want || l.info.Provider != "AWS" {
				t.Errorf("%s: %s, %s", scenario, l.info.Landscape, l.info.Provider)
			}
		})
	}
}

func (l *lab) begun() names {
	n := l.names(l.info.Target)
	n["source_service_key_name"], n["target_service_key_name"] = l.info.SourceKey, l.info.TargetKey
	return n
}

func TestAlreadyHalfWay(t *testing.T) {
	t.Parallel()
	play(t, "already-half-way", func(t *testing.T, l *lab) {
		n := l.begun()
		if got := l.status("replication", n); got != "RUNNING" {
			t.Errorf("it is %s", got)
		}
		l.refused(l.v1("POST", "replication", n), 409)
		l.refused(l.v1("GET", "finalization", n), 404)
		if i, _ := l.space().Instance(l.info.Source); !i.AccessOpened || len(i.Keys) != 1 || i.Keys[0].Name != l.info.SourceKey {
			t.Errorf("source: %+v", i)
		}
		began := time.Now()
		l.reaches("replication", n, "IN-SYNC")
		if took := time.Since(began); took < 20*time.Minute || took > 40*time.Minute {
			t.Errorf("in sync after %v", took)
		}
		act(l, "orders-api", "stop")
		act(l, "orders-worker", "stop")
		l.accepted(l.v1("POST", "finalization", n), "/v1/finalization?")
		l.reaches("finalization", n, "COMPLETED")
	})
}

func TestAlreadyDone(t *testing.T) {
	t.Parallel()
	play(t, "already-done", func(t *testing.T, l *lab) {
		n := l.begun()
		if r, f := l.status("replication", n), l.status("finalization", n); r != "COMPLETED" || f != "COMPLETED" {
			t.Errorf("replication %s, finalization %s", r, f)
		}
		truth := l.Truth().Migrations
		if len(truth) != 1 || len(truth[0].LostWrites) != 0 {
			t.Errorf("%+v", truth)
		}
		if _, there := l.space().Instance(l.info.Source); !there {
			t.Error("the source is gone")
		}
		for app, want := range map[string]sandbox.AppTruth{
			"orders-api":    {State: "STARTED", Running: 3, Bindings: []sandbox.BindingTruth{{Name: "db"}}},
			"orders-worker": {State: "STARTED", Running: 1, Bindings: []sandbox.BindingTruth{{Parameters: map[string]any{"schema": "orders", "pool_size": 5}}}},
			"orders-admin":  {State: "STOPPED", Bindings: []sandbox.BindingTruth{{}}},
		} {
			got := l.app(app)
			i := slices.IndexFunc(got.Bindings, func(b sandbox.BindingTruth) bool { return b.Instance == l.info.Target })
			if i < 0 || slices.ContainsFunc(got.Bindings, func(b sandbox.BindingTruth) bool { return b.Instance == l.info.Source }) {
				t.Errorf("%s is bound to %+v", app, got.Bindings)
				continue
			}
			if b := got.Bindings[i]; got.State != want.State || got.Running != want.Running || b.Name != want.Bindings[0].Name || len(b.Parameters) != len(want.Bindings[0].Parameters) {
				t.Errorf("%+v", got)
			}
		}
	})
}
