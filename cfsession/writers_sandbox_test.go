package cfsession_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/secret"
)

// story is a session on a scenario, with the guids of what it tells of.
type story struct {
	*cfsession.Session
	t         *testing.T
	landscape *sandbox.Landscape
	options   cfsession.Options
	space     string
	source    string
	spaces    []string // where somebody may know the source: its own, and those it is shared with
	bound     []string // applications bound to the source
}

func tell(t *testing.T, scenario string, do func(t *testing.T, s *story)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		landscape, session, o := embedded(t, sandbox.Config{Scenario: scenario})
		s := &story{Session: session, t: t, landscape: landscape, options: o, space: session.Identity().Space.GUID}
		all, err := s.Instances(t.Context(), s.space)
		s.source = find(t, all, err, func(i cfsession.Instance) bool { return i.Name == landscape.Info().Source }).GUID
		s.spaces = []string{s.space}
		shares, err := s.SharedSpaces(t.Context(), s.source)
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range shares {
			s.spaces = append(s.spaces, to.Space.GUID)
		}
		bindings, err := s.Bindings(t.Context(), s.source)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range bindings {
			s.bound = append(s.bound, b.App.GUID)
		}
		do(t, s)
	})
}

// mark is the source's address, from a key as a migration makes one.
func (s *story) mark() cfsession.HostMark {
	s.t.Helper()
	key, err := s.CreateKey(s.t.Context(), s.source, "migration", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	mark, err := s.HostOf(s.t.Context(), key.GUID)
	if err != nil {
		s.t.Fatal(err)
	}
	return mark
}

// census is everything that can write to the source, a line each.
func (s *story) census() []string {
	t, ctx := s.t, s.t.Context()
	t.Helper()
	var lines []string
	say := func(format string, a ...any) { lines = append(lines, fmt.Sprintf(format, a...)) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	mark := s.mark()
	bindings, err := s.Bindings(ctx, s.source)
	must(err)
	names := map[string]string{}
	for _, b := range bindings {
		names[b.App.GUID] = b.App.Name
		if b.App.State == cfsession.AppStarted {
			say("bound %s", b.App.Name)
		}
	}
	tasks, err := s.Tasks(ctx, s.bound)
	must(err)
	for _, task := range tasks {
		say("task %s of %s", task.Name, names[task.AppGUID])
	}
	keys, err := s.Keys(ctx, s.source)
	must(err)
	for _, key := range keys {
		if key.Name != "migration" {
			say("key %s", key.Name)
		}
	}
	for _, space := range s.spaces {
		mentions, err := s.Mentions(ctx, space, []cfsession.HostMark{mark})
		must(err)
		for _, m := range mentions {
			line := m.Kind + " " + m.Name
			for _, app := range m.BoundApps {
				line += " of " + app.Name
			}
			say("%s", strings.Join(append([]string{line}, m.Variables...), " "))
		}
	}
	services, err := s.BoundServices(ctx, s.bound)
	must(err)
	for _, b := range services {
		if b.Offering == "jobscheduler" {
			say("scheduler %s (%s) of %s", b.Instance.Name, b.Plan, b.App.Name)
		}
	}
	slices.Sort(lines)
	return lines
}

// What docs/trainers.md says of the scenario.
func TestTheForgottenWritersAreAllSeen(t *testing.T) {
	tell(t, "forgotten-writer", func(t *testing.T, s *story) {
		want := []string{
			"bound orders-api",
			"bound orders-report",
			"bound orders-worker",
			"environment orders-board REPORT_DATABASE",
			"key reporting",
			"scheduler nightly-jobs (standard) of orders-worker",
			"task backfill of orders-admin",
			"user-provided orders-direct of orders-export",
		}
		if diff := cmp.Diff(want, s.census()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestWhereNobodyIsForgotten(t *testing.T) {
	for scenario, want := range map[string][]string{
		"good-day":        {"bound orders-api", "bound orders-worker", "scheduler nightly-jobs (standard) of orders-worker"},
		"shared-instance": {"bound orders-api", "bound orders-report", "bound orders-worker", "scheduler nightly-jobs (standard) of orders-worker"},
	} {
		tell(t, scenario, func(t *testing.T, s *story) {
			if diff := cmp.Diff(want, s.census()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", scenario, diff)
			}
		})
	}
}

// The census of a large space says what is true, with few requests.
func TestTheCensusOfManyApps(t *testing.T) {
	tell(t, "many-apps", func(t *testing.T, s *story) {
		prod, _ := s.landscape.Truth().Space("acme", "prod")
		var want []string
		for _, app := range prod.Apps {
			to := map[string]bool{}
			for _, b := range app.Bindings {
				to[b.Instance] = true
			}
			if to[s.landscape.Info().Source] && app.State == cfsession.AppStarted {
				want = append(want, "bound "+app.Name)
			}
			if to[s.landscape.Info().Source] && to["nightly-jobs"] {
				want = append(want, "scheduler nightly-jobs (standard) of "+app.Name)
			}
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, s.census()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if len(s.bound) != 52 {
			t.Errorf("%d bound applications", len(s.bound))
		}
		counts := map[string]int{}
		for _, r := range s.landscape.Requests() {
			switch {
			case r.Method != http.MethodGet:
			case strings.HasSuffix(r.Path, "/environment_variables"):
				counts["environment"]++
			case r.Path == "/v3/tasks":
				counts["tasks"]++
			}
		}
		if diff := cmp.Diff(map[string]int{"environment": 60, "tasks": 2}, counts); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		for _, guid := range s.bound {
			app, err := s.App(t.Context(), guid)
			if err != nil {
				t.Fatal(err)
			}
			health, err := s.AppHealth(t.Context(), guid)
			if err != nil {
				t.Fatal(err)
			}
			if ok, why := cfsession.Healthy(health, app.Processes); app.State == cfsession.AppStarted && !ok {
				t.Errorf("%s runs, but: %s", app.Name, why)
			}
		}
	})
}

func TestATaskIsCancelledAndStaysSo(t *testing.T) {
	tell(t, "forgotten-writer", func(t *testing.T, s *story) {
		tasks, err := s.Tasks(t.Context(), s.bound)
		if err != nil || len(tasks) != 1 || tasks[0].State != cfsession.TaskRunning || tasks[0].Since.IsZero() || tasks[0].Since.After(time.Now()) {
			t.Fatalf("%+v, %v", tasks, err)
		}
		for range 2 { // the second time it is over
			if err := s.CancelTask(t.Context(), tasks[0].GUID); err != nil {
				t.Error(err)
			}
		}
		if left, err := s.Tasks(t.Context(), s.bound); err != nil || len(left) != 0 {
			t.Errorf("%+v, %v", left, err)
		}
		prod, _ := s.landscape.Truth().Space("acme", "prod")
		if admin, _ := prod.App("orders-admin"); len(admin.Tasks) != 0 {
			t.Errorf("still runs: %v", admin.Tasks)
		}
	})
}

func TestSharingEnds(t *testing.T) {
	tell(t, "shared-instance", func(t *testing.T, s *story) {
		shares, err := s.SharedSpaces(t.Context(), s.source)
		if err != nil || len(shares) != 1 || shares[0].Space.Name != "dev" || shares[0].Org != s.Identity().Org {
			t.Fatalf("%+v, %v", shares, err)
		}
		if err := s.RenameInstance(t.Context(), s.source, "orders-db-old"); err == nil {
			t.Error("renamed while it is shared")
		}
		for range 2 { // the second time it is not shared any more
			if err := s.Unshare(t.Context(), s.source, shares[0].Space.GUID); err != nil {
				t.Error(err)
			}
		}
		prod, _ := s.landscape.Truth().Space("acme", "prod")
		if source, _ := prod.Instance(s.landscape.Info().Source); len(source.SharedTo) != 0 {
			t.Errorf("still shared with %v", source.SharedTo)
		}
		if left, err := s.SharedSpaces(t.Context(), s.source); err != nil || len(left) != 0 {
			t.Errorf("%+v, %v", left, err)
		}
	})
}

// An instance is shared, and an application of the other space bound to it.
func TestSharing(t *testing.T) {
	tell(t, "forgotten-writer", func(t *testing.T, s *story) {
		ctx, info := t.Context(), s.landscape.Info()
		all, err := s.Instances(ctx, s.space)
		target := find(t, all, err, func(i cfsession.Instance) bool { return i.Name == info.Target }).GUID
		bindings, err := s.Bindings(ctx, s.source)
		report := find(t, bindings, err, func(b cfsession.Binding) bool { return b.App.Name == "orders-report" }).App
		if _, err := s.Bind(ctx, report.GUID, target, "", nil); err == nil {
			t.Error("bound to an instance of another space")
		}
		for range 2 { // the second time it is shared already
			if err := s.Share(ctx, target, report.SpaceGUID); err != nil {
				t.Fatal(err)
			}
		}
		shares, err := s.SharedSpaces(ctx, target)
		find(t, shares, err, func(to cfsession.SharedSpace) bool { return to.Space.GUID == report.SpaceGUID })
		if _, err := s.Bind(ctx, report.GUID, target, "db", nil); err != nil {
			t.Fatal(err)
		}
		bound, err := s.Bindings(ctx, target)
		find(t, bound, err, func(b cfsession.Binding) bool { return b.App.Name == "orders-report" && b.Name == "db" })
		if err := s.Share(ctx, target, s.space); err == nil || cfsession.Unclear(err) {
			t.Errorf("shared with its own space: %v", err)
		}
		if err := s.Share(ctx, target, "a/b"); err == nil {
			t.Error("that is no guid")
		}
	})
}

func TestAppsAreReadInBatches(t *testing.T) {
	tell(t, "many-apps", func(t *testing.T, s *story) {
		before := len(s.landscape.Requests())
		apps, err := s.Apps(t.Context(), append(slices.Clone(s.bound), "somebody-else", s.bound[0]))
		if err != nil || len(apps) != len(s.bound) {
			t.Fatalf("%d of %d, %v", len(apps), len(s.bound), err)
		}
		if n := len(s.landscape.Requests()) - before; n != 4 {
			t.Errorf("%d requests", n)
		}
		for _, app := range apps {
			if one, err := s.App(t.Context(), app.GUID); err != nil || cmp.Diff(one, app) != "" {
				t.Errorf("%v\n%s", err, cmp.Diff(one, app))
			}
		}
		if none, err := s.Apps(t.Context(), nil); err != nil || none != nil {
			t.Errorf("of none: %v, %v", none, err)
		}
		if _, err := s.Apps(t.Context(), []string{"a,b"}); err == nil {
			t.Error("that is no guid")
		}
	})
}

func TestRestage(t *testing.T) {
	tell(t, "good-day", func(t *testing.T, s *story) {
		prod, _ := s.landscape.Truth().Space("acme", "prod")
		before, start := droplets(s.landscape), time.Now()
		for _, guid := range s.bound[:1] {
			if err := s.Restage(t.Context(), guid); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took < 30*time.Second || took > time.Minute {
			t.Errorf("took %v", took)
		}
		if droplets(s.landscape) != before+1 {
			t.Error("no droplet was assigned")
		}
		after, _ := s.landscape.Truth().Space("acme", "prod")
		if diff := cmp.Diff(prod, after); diff != "" {
			t.Errorf("more has changed:\n%s", diff)
		}
	})
}

// droplets is how often a droplet was made the current one.
func droplets(l *sandbox.Landscape) int {
	n := 0
	for _, r := range l.Requests() {
		if r.Method == http.MethodPatch && strings.HasSuffix(r.Path, "/relationships/current_droplet") && r.Status == http.StatusOK {
			n++
		}
	}
	return n
}

// Who may not see secrets is told what could not be looked into.
func TestACensusWithoutRights(t *testing.T) {
	tell(t, "forgotten-writer", func(t *testing.T, s *story) {
		mark := s.mark()
		s.options.Home = t.TempDir()
		sam, err := cfsession.SignInWith(t.Context(), s.options, cfsession.SignIn{
			API: s.landscape.Info().API, User: "sam@acme.example", Password: secret.New("battery-staple"),
		})
		if err != nil {
			t.Fatal(err)
		}
		mentions, err := sam.Mentions(t.Context(), s.space, []cfsession.HostMark{mark})
		unseen, ok := errors.AsType[*cfsession.UnseenError](err)
		if !ok || len(mentions) != 0 || !cfsession.IsForbidden(err) {
			t.Fatalf("%+v, %v", mentions, err)
		}
		var names []string
		for _, u := range unseen.Unseen {
			names = append(names, u.Kind+" "+u.Name)
			if !cfsession.IsForbidden(u.Err) {
				t.Errorf("%s: %v", u.Name, u.Err)
			}
		}
		want := []string{
			"user-provided orders-direct", "environment billing-app", "environment orders-admin", "environment orders-api",
			"environment orders-board", "environment orders-export", "environment orders-worker",
		}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		// A space that he can't see at all is not one where nobody is.
		_, err = sam.Mentions(t.Context(), s.spaces[1], []cfsession.HostMark{mark})
		if unseen, ok := errors.AsType[*cfsession.UnseenError](err); !ok || unseen.Unseen[0].Kind != cfsession.KindSpace || unseen.Unseen[0].GUID != s.spaces[1] {
			t.Errorf("got %v", err)
		}
		keys, err := s.Keys(t.Context(), s.source)
		key := find(t, keys, err, func(k cfsession.Key) bool { return k.Name == "reporting" })
		if _, err := sam.HostOf(t.Context(), key.GUID); !cfsession.IsNotFound(err) {
			t.Errorf("got %v", err)
		}
		if err := sam.CancelTask(t.Context(), oneTask(t, s).GUID); !cfsession.IsForbidden(err) {
			t.Errorf("got %v", err)
		}
	})
}

func oneTask(t *testing.T, s *story) cfsession.Task {
	t.Helper()
	tasks, err := s.Tasks(t.Context(), s.bound)
	return find(t, tasks, err, func(cfsession.Task) bool { return true })
}

// Nothing of the credentials is in anything that comes out.
func TestTheCensusTellsNoSecret(t *testing.T) {
	tell(t, "forgotten-writer", func(t *testing.T, s *story) {
		ctx, mark := t.Context(), s.mark()
		keys, err := s.Keys(ctx, s.source)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		say := func(all ...any) {
			for _, one := range all {
				data, err := json.Marshal(one)
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&out, "%v %+v %#v %s\n", one, one, one, data)
			}
		}
		for _, key := range keys { // every key names the same address
			other, err := s.HostOf(ctx, key.GUID)
			if err != nil || other != mark {
				t.Errorf("%s: %v, %v", key.Name, other, err)
			}
			say(other)
		}
		tasks, err := s.Tasks(ctx, s.bound)
		say(tasks, err)
		services, err := s.BoundServices(ctx, s.bound)
		say(services, err)
		for _, space := range s.spaces {
			mentions, err := s.Mentions(ctx, space, []cfsession.HostMark{mark})
			say(mentions, err)
		}
		for _, word := range []string{"postgres-", "sandbox.example", "postgres:", "jdbc", ":5432"} {
			if strings.Contains(out.String(), word) {
				t.Errorf("%q got out:\n%s", word, out.String())
			}
		}
	})
}
