package unattended

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/engine/enginetest"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// shops are the names of the pairs in the story twenty.
func shops(l *sandbox.Landscape) (names []string) {
	for _, s := range l.Truth().Spaces {
		for _, i := range s.Instances {
			if name, ok := strings.CutSuffix(i.Name, "-hyperscaler"); ok && s.Name == "prod" {
				names = append(names, name)
			}
		}
	}
	return names
}

// planOf is the plan for one of them.
func planOf(t *testing.T, shop string, until plan.Until, more string) plan.Plan {
	t.Helper()
	pl, err := plan.Parse(fmt.Appendf(nil, "org: acme\nspace: prod\nsource: {instance: %s-db}\ntarget: {instance: %s-hyperscaler}\nuntil: %s\naccept: all\n%s", shop, shop, until, more))
	if err != nil {
		t.Fatal(err)
	}
	return pl
}

// told is a printer of events, and what it has printed.
func told(t *testing.T) (*status.EventPrinter, func() []status.Event) {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "events"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = out.Close() })
	return status.NewEventPrinter(out, io.Discard, status.FormatJSON, false, 0), func() (list []status.Event) {
		data, err := os.ReadFile(out.Name())
		if err != nil {
			t.Fatal(err)
		}
		for lines := json.NewDecoder(bytes.NewReader(data)); ; {
			var e status.Event
			if err := lines.Decode(&e); errors.Is(err, io.EOF) {
				return list
			} else if err != nil {
				t.Fatal(err)
			}
			list = append(list, e)
		}
	}
}

// TestTwentyDatabasesAreParkedAndTakenThroughOneByOne: one process leads twenty databases
// of a space to IN-SYNC and leaves them there; then each is taken through, and while one
// is in its downtime no other begins one.
func TestTwentyDatabasesAreParkedAndTakenThroughOneByOne(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("played without the detector")
	}
	synctest.Test(t, func(t *testing.T) {
		w := world{enginetest.New(t, sandbox.Config{Scenario: "twenty", Seed: 7, Speed: 20})}
		w.Config.Pace = enginetest.Seldom
		names := shops(w.Landscape)
		if len(names) != 20 {
			t.Fatalf("%d pairs: %v", len(names), names)
		}
		u := Runner{Config: w.Config, Err: io.Discard}
		var list []Planned
		for _, n := range names {
			list = append(list, Planned{u, planOf(t, n, plan.InSync, ""), n + ".yaml"})
		}
		if err := CheckSeveral(list); err != nil {
			t.Fatal(err)
		}
		v, events := told(t)
		if err := u.RunSeveral(t.Context(), list, RunOptions{}, v); err != nil {
			t.Fatalf("%v; %+v", err, events()[len(events())-1])
		}
		ends := map[string]int{}
		for _, e := range events() {
			if e.Event == status.EventEnd {
				ends[e.Migration] = *e.ExitStatus
			} else if e.Migration == "" {
				t.Errorf("an event says not which migration it is about: %+v", e)
			}
		}
		if len(ends) != len(names)+1 || status.Worst(values(ends)...) != status.ExitDone {
			t.Errorf("they ended so: %v", ends)
		}
		for _, m := range journals(t, w) {
			if !m.Parked() {
				t.Errorf("%s: %s", m.Source, m.Stands())
			}
		}
		if n := posts(w, "/v1/replication"); n != len(names) {
			t.Errorf("%d replications were asked for", n)
		}

		run := func(pl plan.Plan, want int) []status.Event {
			t.Helper()
			v, events := told(t)
			if got := status.ExitStatus(u.Run(t.Context(), pl, RunOptions{Yes: true}, v)); got != want {
				t.Fatalf("%s until %s: status %d, want %d: %+v", pl.Source.Instance, pl.Until, got, want, events()[len(events())-1])
			}
			return events()
		}
		// The first stops in its downtime: nobody begins another beside it by default.
		quick := "waive: [{writer: \"scheduler:nightly-jobs\", reason: off tonight}]\n"
		run(planOf(t, names[0], plan.Completed, quick), status.ExitDone)
		refused := run(planOf(t, names[1], plan.Completed, ""), status.ExitOpen)
		if q := question(refused); q == nil || q.Question.ID != string(steps.QuestionBeside) || q.Key != plan.KeyBeside || !strings.Contains(q.Question.Title, names[0]+"-db") {
			t.Errorf("the second is left at %+v", q)
		}
		if n := posts(w, "/v1/finalization"); n != 1 {
			t.Errorf("%d finalizations were asked for while one downtime ran", n)
		}
		run(planOf(t, names[1], plan.Completed, "stop: {downtime-beside: true}\n"), status.ExitDone)
		for _, n := range names {
			run(planOf(t, n, plan.CleanedUp, quick), status.ExitDone)
		}
		for _, m := range journals(t, w) {
			if m.Ended == nil || m.Ended.How != steps.EndCompleted {
				t.Errorf("%s: %s", m.Source, m.Stands())
			}
		}
		for _, m := range w.Landscape.Truth().Migrations {
			if m.Finalization == nil || m.Finalization.Status != steps.Completed || len(m.LostWrites) > 0 {
				t.Errorf("%s: %+v, lost %v", m.Source, m.Finalization, m.LostWrites)
			}
		}
		if r, f := posts(w, "/v1/replication"), posts(w, "/v1/finalization"); r != len(names) || f != len(names) {
			t.Errorf("%d replications and %d finalizations were asked for", r, f)
		}
	})
}

func values(m map[string]int) (list []int) {
	for _, v := range m {
		list = append(list, v)
	}
	return list
}

func question(events []status.Event) *status.Event {
	for _, e := range events {
		if e.Event == status.EventQuestion {
			return &e
		}
	}
	return nil
}

func journals(t *testing.T, w world) []steps.JournalSummary {
	t.Helper()
	list, err := engine.Journals(w.Config.StateDir)
	if err != nil || len(list) == 0 {
		t.Fatal(len(list), err)
	}
	return list
}

// posts counts the requests to a path of the service that create something.
func posts(w world, path string) (n int) {
	for _, r := range w.Landscape.Requests() {
		if r.Method == http.MethodPost && r.Path == path {
			n++
		}
	}
	return n
}

// TestWhatStopsOneStopsNoOther: one of several asks something, another fails; the third is
// parked all the same, and the status is the worst.
func TestWhatStopsOneStopsNoOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := world{enginetest.New(t, sandbox.Config{Scenario: "twenty", Seed: 7, Speed: 20})}
		u := Runner{Config: w.Config, Err: io.Discard}
		asks, gone, well := planOf(t, "stock", plan.InSync, ""), planOf(t, "nothing", plan.InSync, ""), planOf(t, "orders", plan.InSync, "")
		asks.Accept = plan.Acceptance{}
		v, events := told(t)
		err := u.RunSeveral(t.Context(), []Planned{{u, asks, "stock.yaml"}, {u, gone, "nothing.yaml"}, {u, well, "orders.yaml"}}, RunOptions{}, v)
		if status.ExitStatus(err) != status.ExitOpen {
			t.Errorf("status %d: %v", status.ExitStatus(err), err)
		}
		ends := map[string]int{}
		for _, e := range events() {
			if e.Event == status.EventEnd {
				ends[e.Migration] = *e.ExitStatus
			}
		}
		want := map[string]int{"stock-db": status.ExitOpen, "nothing-db": status.ExitOpen, "orders-db": status.ExitDone, "": status.ExitOpen}
		if fmt.Sprint(ends) != fmt.Sprint(want) {
			t.Errorf("they end with %v, want %v", ends, want)
		}
		if list := events(); list[len(list)-1].Migration != "" || list[len(list)-1].Event != status.EventEnd {
			t.Errorf("the last event is %+v", list[len(list)-1])
		}
	})
}

// TestTheTimeOfSeveralIsOneTime: what was not begun when the time is up is not begun.
func TestTheTimeOfSeveralIsOneTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := world{enginetest.New(t, sandbox.Config{Scenario: "twenty", Seed: 7, Speed: 20})}
		u := Runner{Config: w.Config, Err: io.Discard}
		began := time.Now()
		v, events := told(t)
		err := u.RunSeveral(t.Context(), []Planned{
			{u, planOf(t, "stock", plan.InSync, ""), "a"}, {u, planOf(t, "tax", plan.InSync, ""), "b"},
		}, RunOptions{Timeout: time.Second}, v)
		if took := time.Since(began); status.ExitStatus(err) != status.ExitNotYet || took > 10*time.Second {
			t.Errorf("status %d after %v", status.ExitStatus(err), took)
		}
		for _, e := range events() {
			if e.Migration == "tax-db" && e.Event != status.EventEnd {
				t.Errorf("begun when the time was up: %+v", e)
			}
		}
	})
}

// TestPlansThatCannotGoTogetherAreRefused: beyond IN-SYNC one is led at a time, and a
// database takes part in one migration.
func TestPlansThatCannotGoTogetherAreRefused(t *testing.T) {
	t.Parallel()
	one, beyond := planOf(t, "stock", plan.InSync, ""), planOf(t, "tax", plan.Switched, "")
	elsewhere := one
	elsewhere.Space = "dev"
	for _, c := range []struct {
		plans []plan.Plan
		says  string // empty: nothing
	}{
		{[]plan.Plan{one, planOf(t, "tax", plan.Preflight, "")}, ""},
		{[]plan.Plan{one, elsewhere}, ""},
		{[]plan.Plan{one, beyond}, "1.yaml goes as far as switched"},
		{[]plan.Plan{one, one}, "0.yaml and 1.yaml have the same source, stock-db"},
	} {
		var list []Planned
		for i, pl := range c.plans {
			list = append(list, Planned{Plan: pl, File: fmt.Sprint(i, ".yaml")})
		}
		err := CheckSeveral(list)
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v", c.says, err)
		}
	}
	got := names([]Planned{{Plan: one}, {Plan: elsewhere}})
	if fmt.Sprint(got) != "[prod/stock-db dev/stock-db]" {
		t.Errorf("they are called %v", got)
	}
}
