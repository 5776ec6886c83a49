package engine_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// at is the state that the machine is in at a question, with the engine stopped
// there: what follows is looked at and done by hand.
func (s *stage) at(question string) steps.State {
	s.t.Helper()
	now, q := s.follow(question)
	if q == nil || string(q.ID) != question {
		s.t.Fatalf("it never asks %s", question)
	}
	s.Stop()
	return now.State
}

func saw[T any](t *testing.T, s *stage, state steps.State, see steps.Observable) T {
	t.Helper()
	fact, err := s.Engine.Look(t.Context(), state, see)
	if err != nil {
		t.Fatal(err)
	}
	seen, ok := fact.(T)
	if !ok {
		t.Fatalf("saw %T", fact)
	}
	return seen
}

func (s *stage) do(state steps.State, e steps.Effect) {
	s.t.Helper()
	if _, err := s.Engine.CarryOut(s.t.Context(), state, e); err != nil {
		s.t.Fatalf("%s: %v", e, err)
	}
}

// apply feeds a fact to the machine.
func apply(s steps.State, fact steps.Occurrence) steps.State {
	s, _ = steps.Apply(s, steps.Event{At: time.Now(), Is: fact})
	return s
}

func appNamed(t *testing.T, apps []steps.App, name string) steps.App {
	t.Helper()
	i := slices.IndexFunc(apps, func(a steps.App) bool { return a.Name == name })
	if i < 0 {
		t.Fatalf("no %s among %d", name, len(apps))
	}
	return apps[i]
}

func TestWhoElseKnowsTheSource(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "forgotten-writer")
		state := s.at("preflight")
		found := saw[steps.SawElsewhere](t, s, state, steps.ObserveElsewhere).Elsewhere
		if len(found.Unseen) != 0 {
			t.Errorf("unseen: %+v", found.Unseen)
		}
		var lines []string
		for _, m := range found.Mentions {
			for _, app := range m.Apps {
				lines = append(lines, strings.Join([]string{m.Kind, m.Name, app.Name, app.State}, " ")+" "+strings.Join(m.Variables, ","))
			}
		}
		for _, scheduler := range found.Schedulers {
			for _, app := range scheduler.Apps {
				lines = append(lines, strings.Join([]string{scheduler.Offering, scheduler.Name, app.Name}, " "))
			}
		}
		want := []string{
			"user-provided orders-direct orders-export STARTED ",
			"environment orders-board orders-board STARTED REPORT_DATABASE",
			"jobscheduler nightly-jobs orders-worker",
		}
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		// Without a key of the migration a binding tells the address.
		keyless := state
		keyless.Facts.SourceKeys, keyless.Choices.SourceKey = nil, nil
		if again := saw[steps.SawElsewhere](t, s, keyless, steps.ObserveElsewhere).Elsewhere; len(again.Mentions) != 2 {
			t.Errorf("with no key: %+v", again)
		}
		data, err := json.Marshal(found)
		if err != nil || strings.Contains(string(data), "sandbox.example") || strings.Contains(string(data), "5432") {
			t.Errorf("the address is in %s, %v", data, err)
		}
	})
}

func TestWhatTheLoginMayNotSeeIsNamed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "forgotten-writer")
		state := s.at("preflight")
		// Sam may look at prod, see no credentials, and nothing of dev.
		s.Config.CFHome = t.TempDir()
		_, err := cfsession.SignInWith(t.Context(), cfsession.Options{Home: s.Config.CFHome, Transport: s.Config.Transport}, cfsession.SignIn{
			API: s.Landscape.Info().API, User: "sam@acme.example", Password: secret.New("battery-staple"), Persist: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		s.Engine = engine.New(s.Config)
		if session := saw[steps.SawSession](t, s, state, steps.ObserveSession).Session; session.User != "sam@acme.example" {
			t.Fatalf("%+v", session)
		}
		found := saw[steps.SawElsewhere](t, s, state, steps.ObserveElsewhere).Elsewhere
		if len(found.Mentions) != 0 || len(found.Unseen) != 2 || found.Unseen[0].Ref != *state.Choices.Source || found.Unseen[1].Ref != *state.Choices.Target || found.Unseen[1].Side != steps.Target {
			t.Errorf("%+v", found)
		}
		// The applications are to be seen all the same.
		if _, err := s.Engine.Look(t.Context(), state, steps.ObserveApps); err != nil {
			t.Errorf("the applications that he sees are lost too: %v", err)
		}
	})
}

func TestApplicationsTasksAndMentions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "forgotten-writer")
		state := s.at("preflight")
		state = apply(state, saw[steps.SawElsewhere](t, s, state, steps.ObserveElsewhere))
		export := state.Facts.Elsewhere.Mentions[0].Apps[0]
		billing := steps.AppMemory{Ref: steps.Ref{GUID: "not-a-guid-of-anything", Name: "billing"}, State: steps.Started}
		state.Choices.Memory = []steps.AppMemory{billing, {Ref: export.Ref, State: steps.Started}}
		before := len(s.Landscape.Requests())
		seen := saw[steps.SawApps](t, s, state, steps.ObserveApps)
		var apps, tasks, mentioned []string
		for _, a := range seen.Apps {
			line := a.Name + " " + a.State
			if a.Gone {
				line = a.Name + " gone"
			}
			apps = append(apps, line)
		}
		for _, task := range seen.Tasks {
			tasks = append(tasks, task.Name+" of "+task.App.Name+" "+task.State)
		}
		for _, a := range seen.Mentioned {
			mentioned = append(mentioned, a.Name+" "+a.State)
		}
		slices.Sort(apps)
		for what, c := range map[string]struct{ want, got []string }{
			"applications": {[]string{
				"billing gone", "orders-admin STOPPED", "orders-api STARTED", "orders-export STARTED", "orders-report STARTED", "orders-worker STARTED",
			}, apps},
			"tasks":     {[]string{"backfill of orders-admin RUNNING"}, tasks},
			"mentioned": {[]string{"orders-export STARTED", "orders-board STARTED"}, mentioned},
		} {
			if diff := cmp.Diff(c.want, c.got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		// Two for each of source and target's bindings, parameters once, two for
		// the others, one for who is gone, one for the tasks.
		first := len(s.Landscape.Requests()) - before
		saw[steps.SawApps](t, s, state, steps.ObserveApps)
		if n := len(s.Landscape.Requests()) - before - first; n > 7 {
			t.Errorf("%d requests a look", n)
		}

		old := state
		s.do(state, steps.Effect{Do: steps.DoStopApp, App: export.Ref})
		state = apply(state, saw[steps.SawApps](t, s, state, steps.ObserveApps))
		if now := state.Facts.Elsewhere.Mentions[0].Apps[0]; now.State != steps.Stopped || old.Facts.Elsewhere.Mentions[0].Apps[0].State != steps.Started {
			t.Errorf("now %+v, before %+v", now, old.Facts.Elsewhere.Mentions[0].Apps[0])
		}
	})
}

func TestHealthOfThoseThatWereBroughtBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "slow-apps")
		state := s.at("preflight")
		state = apply(state, saw[steps.SawApps](t, s, state, steps.ObserveApps))
		for _, a := range state.Facts.Apps {
			if a.Healthy != steps.Unknown {
				t.Errorf("%s was asked although nobody wanted it", a.Name)
			}
			state.Choices.Memory = append(state.Choices.Memory, steps.AppMemory{Ref: a.Ref, State: a.State})
		}
		state.Choices.Switch = &steps.SwitchChoice{}
		api, worker := appNamed(t, state.Facts.Apps, "orders-api"), appNamed(t, state.Facts.Apps, "orders-worker")
		s.do(state, steps.Effect{Do: steps.DoStopApp, App: worker.Ref})
		s.do(state, steps.Effect{Do: steps.DoBind, App: worker.Ref, Instance: *state.Choices.Target})
		s.do(state, steps.Effect{Do: steps.DoStartApp, App: worker.Ref}) // crashes on the new database
		s.do(state, steps.Effect{Do: steps.DoStopApp, App: api.Ref})
		s.do(state, steps.Effect{Do: steps.DoStartApp, App: api.Ref})
		health := func() (said string) {
			for _, a := range saw[steps.SawApps](t, s, state, steps.ObserveApps).Apps {
				if a.State == steps.Started {
					said += strings.TrimSpace(strings.Join([]string{a.Name, string(a.Healthy), a.Ailment}, " ")) + "\n"
				}
			}
			return said
		}
		time.Sleep(70 * time.Second) // of the worker's minute and a half in circles
		first := health()
		time.Sleep(4 * time.Minute)
		second := health()
		want := [2]string{
			"orders-api no web: 0 of 3 running (3 starting)\norders-worker no web: 0 of 1 running (1 crashed)\n",
			"orders-api yes\norders-worker no web: 0 of 1 running (1 starting)\n",
		}
		lines := func(s string) []string { return slices.Sorted(strings.Lines(s)) }
		for i, got := range []string{first, second} {
			if diff := cmp.Diff(lines(want[i]), lines(got)); diff != "" {
				t.Errorf("look %d (-want +got):\n%s", i+1, diff)
			}
		}
	})
}

func TestHealthThatIsNotToldStaysUnknown(t *testing.T) {
	t.Parallel()
	for _, card := range []string{"403", "404", "503"} {
		t.Run(card, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, "good-day", "GET /v3/processes/*/stats "+card)
				state := s.at("preflight")
				state = apply(state, saw[steps.SawApps](t, s, state, steps.ObserveApps))
				for _, a := range state.Facts.Apps {
					state.Choices.Memory = append(state.Choices.Memory, steps.AppMemory{Ref: a.Ref, State: a.State})
				}
				state.Choices.Switch = &steps.SwitchChoice{}
				seen := saw[steps.SawApps](t, s, state, steps.ObserveApps)
				for _, a := range seen.Apps {
					if a.Healthy != steps.Unknown || (a.State == steps.Started) != strings.HasPrefix(a.Ailment, "not known: ") {
						t.Errorf("%s is %s: %q, %q", a.Name, a.State, a.Healthy, a.Ailment)
					}
				}
				if len(seen.Apps) != 3 {
					t.Errorf("%d applications", len(seen.Apps))
				}
			})
		})
	}
}

func TestASpaceSwitchedUnderOurFeet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "good-day")
		state := s.at("source")
		here := state.Choices.Where
		look := func() steps.Session { return saw[steps.SawSession](t, s, state, steps.ObserveSession).Session }
		if f := look(); f.Space != here.Space || f.Org != here.Org || f.CFUser != f.User {
			t.Fatalf("%+v", f)
		}
		edit := func(edit func(map[string]any)) {
			path := filepath.Join(s.Config.CFHome, ".cf", "config.json")
			data, err := os.ReadFile(path)
			all := map[string]any{}
			if err := errors.Join(err, json.Unmarshal(data, &all)); err != nil {
				t.Fatal(err)
			}
			edit(all)
			if data, err = json.Marshal(all); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		before := len(s.Landscape.Requests())
		edit(func(all map[string]any) { all["SpaceFields"] = map[string]any{"GUID": "dev-guid", "Name": "dev"} })
		f := look()
		if f.Space.Name != "dev" || f.Org != here.Org || f.CFUser != f.User || !f.SignedIn {
			t.Errorf("%+v", f)
		}
		if after := apply(state, steps.SawSession{Observation: steps.Observation{Asked: state.Sequence()}, Session: f}); after.Choices.Where.Space != here.Space {
			t.Errorf("works in %+v", after.Choices.Where)
		}
		// While the place is not agreed upon, the question stays as it is.
		undecided := state
		undecided.Choices.Where = nil
		if f := saw[steps.SawSession](t, s, undecided, steps.ObserveSession).Session; f.Space != here.Space {
			t.Errorf("it would ask for %+v", f.Space)
		}
		edit(func(all map[string]any) {
			all["AccessToken"], all["SpaceFields"], all["OrganizationFields"] = "", nil, nil
		})
		if f := look(); !f.SignedIn || f.CFUser != "" || f.Space.GUID != "" || f.User != here.User {
			t.Errorf("after cf logout: %+v", f)
		}
		if n := len(s.Landscape.Requests()) - before; n != 0 {
			t.Errorf("%d requests for it", n)
		}
	})
}

func TestSharingAndManyChangesAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "forgotten-writer")
		state := s.at("preflight")
		source, target := *state.Choices.Source, *state.Choices.Target
		apps := saw[steps.SawApps](t, s, state, steps.ObserveApps)
		shares := saw[steps.SawShares](t, s, state, steps.ObserveShares).Shares
		if len(shares[steps.Source]) != 1 || shares[steps.Source][0].Space.Name != "dev" || len(shares[steps.Target]) != 0 {
			t.Fatalf("%+v", shares)
		}
		dev := shares[steps.Source][0].Space
		s.do(state, steps.Effect{Do: steps.DoShare, Side: steps.Target, Instance: target, Space: dev})
		if shares := saw[steps.SawShares](t, s, state, steps.ObserveShares).Shares; len(shares[steps.Target]) != 1 {
			t.Errorf("%+v", shares)
		}
		together := func(effects ...steps.Effect) {
			t.Helper()
			begun := time.Now()
			var running sync.WaitGroup
			for _, e := range effects {
				running.Go(func() { s.do(state, e) })
			}
			running.Wait()
			if took := time.Since(begun); took > time.Minute {
				t.Errorf("%d at once took %v", len(effects), took)
			}
		}
		var stop, bind, unbind, start []steps.Effect
		for _, a := range apps.Apps {
			stop = append(stop, steps.Effect{Do: steps.DoStopApp, App: a.Ref})
			bind = append(bind, steps.Effect{Do: steps.DoBind, App: a.Ref, Instance: target, Binding: steps.Ref{Name: a.Source[0].Name}})
			unbind = append(unbind, steps.Effect{Do: steps.DoUnbind, App: a.Ref, Instance: source, Binding: steps.Ref{GUID: a.Source[0].GUID}})
			start = append(start, steps.Effect{Do: steps.DoStartApp, App: a.Ref})
		}
		restage := steps.Effect{Do: steps.DoRestage, App: apps.Apps[0].Ref}
		together(append(stop, steps.Effect{Do: steps.DoCancelTask, Task: apps.Tasks[0].Ref, App: apps.Tasks[0].App})...)
		together(append(unbind, restage)...) // a binding's name is the application's only one
		together(bind...)
		together(start...)
		now := saw[steps.SawApps](t, s, state, steps.ObserveApps)
		for _, a := range now.Apps {
			if a.State != steps.Started || a.Source != nil || a.Target == nil {
				t.Errorf("%+v", a)
			}
		}
		if len(now.Apps) != 4 || len(now.Tasks) != 0 {
			t.Errorf("%d applications, %d tasks", len(now.Apps), len(now.Tasks))
		}
		// Back to the source, as in a back-out: there is nothing special about it.
		a := now.Apps[0]
		s.do(state, steps.Effect{Do: steps.DoBind, App: a.Ref, Instance: source, Binding: steps.Ref{Name: "old"}})
		if b := appNamed(t, saw[steps.SawApps](t, s, state, steps.ObserveApps).Apps, a.Name); b.Source == nil || b.Source[0].Name != "old" {
			t.Errorf("%+v", b)
		}

		// The share goes, and the bindings from there with it; then it may be renamed.
		rename := steps.Effect{Do: steps.DoRenameInstance, Instance: target, NewName: "orders-db-new"}
		if _, err := s.Engine.CarryOut(t.Context(), state, rename); engine.ProblemOf(err).Kind != steps.ProblemRefused {
			t.Errorf("renamed while it is shared: %v", err)
		}
		s.do(state, steps.Effect{Do: steps.DoUnshare, Side: steps.Target, Instance: target, Space: dev})
		s.do(state, rename)
		if now := saw[steps.SawApps](t, s, state, steps.ObserveApps); len(now.Apps) != 3 {
			t.Errorf("%d applications, 3 are of the space itself", len(now.Apps))
		}
		prod, _ := s.Landscape.Truth().Space("acme", "prod")
		if i, found := prod.Instance("orders-db-new"); !found || len(i.SharedTo) != 0 {
			t.Errorf("%v, shared with %v", found, i.SharedTo)
		}
	})
}

func TestErrorsOfThePlatformAreSorted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		kind steps.ProblemKind
		says string
	}{
		{&cfsession.StagingError{BuildGUID: "b-1", Reason: "NoAppDetectedError"}, steps.ProblemJob, "NoAppDetectedError"},
		{&cfsession.StagingError{BuildGUID: "b-1"}, steps.ProblemJob, "build b-1"},
		{&cfsession.UnseenError{Op: "look", Unseen: []cfsession.Unseen{{
			Kind: cfsession.KindSpace, GUID: "s-1", Err: &cfsession.Error{Op: "x", Status: 500},
		}}}, steps.ProblemForbidden, "the space s-1"},
	} {
		if p := engine.ProblemOf(c.err); p.Kind != c.kind || !strings.Contains(p.Says, c.says) {
			t.Errorf("%v: %+v", c.err, p)
		}
	}
}
