package steps_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// recordOf is what a journal of this machine says of a migration of billing-db to i2.
func recordOf(change func(*JournalSummary)) JournalSummary {
	m := JournalSummary{
		ID: "m1", API: "https://api.example", Org: "acme", Space: "prod", Source: "billing-db", SourceGUID: "i9", Target: "orders-hyperscaler", TargetGUID: "i2",
		By: "kim@acme.example", Begun: true, At: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC), Step: Validate,
	}
	if change != nil {
		change(&m)
	}
	return m
}

// TestDatabasesOfOtherMigrationsAreNotTakenByReflex: the records of this machine know who
// uses a database already. It is said where it is chosen, and whoever takes it all the same
// types that before anything is made.
func TestDatabasesOfOtherMigrationsAreNotTakenByReflex(t *testing.T) {
	t.Parallel()
	ended := func(how string) func(*JournalSummary) {
		return func(m *JournalSummary) { m.Ended = &Ending{How: how} }
	}
	as := func(source, target string, more func(*JournalSummary)) JournalSummary {
		return recordOf(func(m *JournalSummary) {
			m.SourceGUID, m.TargetGUID = source, target
			if more != nil {
				more(m)
			}
		})
	}
	for name, c := range map[string]struct {
		record JournalSummary
		says   string // empty: it is nobody's
	}{
		"target of an open one":        {as("i9", "i2", nil), "orders-hyperscaler is already the target of a migration of billing-db (kim@acme.example, 2026-11-20 10:00, open)."},
		"target of a finished one":     {as("i9", "i2", ended(EndCompleted)), "orders-hyperscaler is already the target of a migration of billing-db (kim@acme.example, 2026-11-20 10:00, complete)."},
		"target of one left to others": {as("i9", "i2", ended(EndForHelp)), "orders-hyperscaler is already the target of a migration of billing-db (kim@acme.example, 2026-11-20 10:00, ended)."},
		"target of one taken back":     {as("i9", "i2", ended(EndBackedOut)), "orders-hyperscaler is already the target of a migration of billing-db (kim@acme.example, 2026-11-20 10:00, ended)."},
		"target known by name only":    {as("i9", "", nil), "orders-hyperscaler is already the target of a migration of billing-db (kim@acme.example, 2026-11-20 10:00, open)."},
		"target given up":              {as("i9", "i7", func(m *JournalSummary) { m.UsedTargets = []Ref{{"i2", "orders-hyperscaler"}} }), "orders-hyperscaler is already the target of a migration of billing-db (kim@acme.example, 2026-11-20 10:00, open)."},
		"source of an open one":        {as("i1", "i7", nil), "orders-db is already the source of a migration to orders-hyperscaler (kim@acme.example, 2026-11-20 10:00, open)."},
		"source of a finished one":     {as("i1", "i7", ended(EndCompleted)), "orders-db is already the source of a migration to orders-hyperscaler (kim@acme.example, 2026-11-20 10:00, complete)."},
		"source of one taken back":     {as("i1", "i7", ended(EndBackedOut)), ""},
		"chosen and never begun":       {as("i1", "i2", func(m *JournalSummary) { m.Begun = false }), ""},
		"of another space":             {as("i1", "i2", func(m *JournalSummary) { m.Space = "dev" }), ""},
		"another of that name":         {as("i91", "i92", nil), ""},
	} {
		w := newWorld(false)
		w.others = []JournalSummary{c.record}
		r := newRun(t, w)
		r.until("source")
		r.choose("i1")
		q := r.asks("target")
		if o, _ := q.Option("i2"); strings.Contains(o.Consequence, "already") != strings.Contains(c.says, "already the target") || strings.Contains(o.Consequence, "already") && q.Alone() == "i2" {
			t.Errorf("%s: offers %+v, alone %s", name, o, q.Alone())
		}
		r.choose("i2")
		if c.says == "" {
			r.until("replicate")
			continue
		}
		r.until("databases.taken")
		q = r.asks("databases.taken")
		o, _ := q.Option("anyway")
		if q.Title != c.says || o.Typed != "use orders-hyperscaler" || q.Start() != "databases" || len(w.keys[Source])+len(w.keys[Target]) > 0 {
			t.Errorf("%s: %s; types %q, begins at %s, keys %v", name, q.Title, o.Typed, q.Start(), w.keys)
		}
		r.choose("anyway") // with the word typed
		r.until("replicate")
	}
}

// TestATargetInUseIsAskedAboutBeforeAnythingIsMade: what is bound to it is enough to know,
// where no record is.
func TestATargetInUseIsAskedAboutBeforeAnythingIsMade(t *testing.T) {
	t.Parallel()
	w := newWorld(false)
	w.apps = append(w.apps, App{Ref: Ref{"a9", "billing"}, State: Started, Processes: []Process{{"web", 1}}, Target: Bindings{{GUID: "b9"}}})
	r := newRun(t, w)
	r.until("databases.taken")
	q := r.asks("databases.taken")
	o, _ := q.Option("anyway")
	if o.Typed != "use orders-hyperscaler" || !strings.Contains(q.Title, "billing is bound to it") || q.Start() != "databases" {
		t.Errorf("%s: %+v, begins at %s", q.Title, o, q.Start())
	}
	if i := slices.IndexFunc(w.log, func(l string) bool { return !strings.HasPrefix(l, string(DoOpenAccess)) }); i >= 0 {
		t.Errorf("made already: %v", w.log)
	}
	// It is unbound: then nothing is in the way.
	w.app("a9").Target = nil
	r.choose("look")
	r.until("preflight")
	// Bound again after the check, before the replication.
	r.until("replicate")
	w.app("a9").Target = Bindings{{GUID: "b10"}}
	r.watch()
	r.asks("databases.taken")
	r.choose("anyway")
	r.asks("replicate")
	r.restart()
	r.until("replicate") // a consent is kept
	if r.s.Choices.Taken == nil {
		t.Error("who said so is forgotten")
	}
	r.choose("start")
	r.until("in-sync")
}

// TestATargetInUseIsNotGuessedAgain: who goes back for another one is not led to it again, and
// it is as free as before once nobody is bound to it.
func TestATargetInUseIsNotGuessedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(false)
	w.apps = append(w.apps, App{Ref: Ref{"a9", "billing"}, State: Started, Processes: []Process{{"web", 1}}, Target: Bindings{{GUID: "b9"}}})
	r := newRun(t, w)
	r.until("databases.taken")
	taken := r.s.Choices.Target.GUID
	r.choose("databases")
	r.until("target")
	q := Ask(r.s)
	if o, _ := q.Option(taken); q.Alone() == taken || !strings.Contains(o.Consequence, "was in use") || o.Blocked != "" {
		t.Errorf("%+v, a demonstration takes %s", o, q.Alone())
	}
	w.app("a9").Target = nil
	r.choose(taken)
	r.until("preflight") // nothing more is in the way
}

// TestWhoTakesOverAsksTheServiceFirst: where both keys are there, the service says whether
// this is the migration of the applications on the target.
func TestWhoTakesOverAsksTheServiceFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(false)
	r := newRun(t, w)
	r.until("validate")
	second := newRun(t, w)
	for range 60 {
		second.settle()
		q := Ask(second.s)
		if q != nil && q.ID == QuestionTaken {
			t.Fatalf("takes the applications of a colleague for those of others: %s", q.Title)
		}
		if q == nil || q.Step == Switch || q.Step == Validate || q.Step == CleanUp || q.Waiting() {
			return
		}
		second.choose(q.Alone())
	}
	t.Errorf("stands at %s", Current(second.s))
}

func TestAGuessIsCalledAGuess(t *testing.T) {
	t.Parallel()
	w := newWorld(false)
	r := newRun(t, w)
	r.until("target")
	q := r.asks("target")
	o, _ := q.Option("i2")
	if q.Recommended != "" || q.Start() != "" || !strings.Contains(o.Consequence, "a guess, by its name") || q.Alone() != "i2" {
		t.Errorf("advises %q, begins at %q: %+v", q.Recommended, q.Start(), o)
	}
}

// TestAColleaguesKeyIsNotPassedOver: beside a key that is there a new one finds nothing.
func TestAColleaguesKeyIsNotPassedOver(t *testing.T) {
	t.Parallel()
	w := newWorld(false)
	w.keys = map[Side][]Key{Source: {{Ref: Ref{"k1", "kims"}, Usable: Yes}}, Target: {{Ref: Ref{"k2", "kims"}, Usable: Yes}}}
	r := newRun(t, w)
	for _, question := range []string{"source-key", "target-key"} {
		r.until(question)
		if q := r.asks(question); q.Start() != "" || q.Recommended != "" || !strings.Contains(q.Why, "a colleague may have begun") {
			t.Errorf("%s: begins at %q, advises %q: %s", question, q.Start(), q.Recommended, q.Why)
		}
		r.choose(UseKey("kims"))
	}
	w.keys = map[Side][]Key{Source: {{Ref: Ref{"k1", "reporting"}, Usable: Yes}}}
	r = newRun(t, w)
	r.until("source-key") // a tool's key of the old database says nothing of a migration
	if q := r.asks("source-key"); q.Start() != "create" {
		t.Errorf("begins at %q", q.Start())
	}
}

// TestWaivedIsNotHarmless: a waiver settles a line and stops nothing.
func TestWaivedIsNotHarmless(t *testing.T) {
	t.Parallel()
	w := newWorld(false)
	r := newRun(t, w)
	r.until("stop-writers")
	for n, app := range []string{"app:a1", "app:a2"} {
		q := r.asks("stop-writers")
		o, _ := q.Option("waive")
		if a, _ := q.Default("waive"); q.Check(a) == nil {
			t.Fatal("an empty answer waives something")
		}
		for _, c := range o.Fields[0].Choices {
			if !strings.Contains(c.Note, "RUNS") {
				t.Errorf("%+v is not said to run", c)
			}
		}
		a := Answer{Question: q.ID, Option: "waive", Values: map[string][]string{"lines": {app}, "reason": {"reads only"}}}
		if err := q.Check(a); err != nil {
			t.Fatal(err)
		}
		r.apply(Answered{a})
		r.settle()
		runs := 0
		for _, it := range Show(r.s, Writers, w.now) {
			if it.Kind == ItemRow && it.Cells[1] == "waived, runs" && it.Tone == Warn {
				runs++
			}
		}
		if runs != n+1 {
			t.Errorf("%d waived, %d shown as a warning", n+1, runs)
		}
	}
	q := r.asks("stop-writers")
	if !strings.HasPrefix(q.Title, "2 things that were waived can still write to the source: api, worker.") || q.Tone != Warn {
		t.Errorf("%s", q.Title)
	}
	r.choose("stop")
	if got := Badge(r.s, Writers); got != "1/3" {
		t.Errorf("counts %s", got)
	}
}

// TestDataAtStakeTakesItsOwnWord: what is harmless is accepted by a key, the other not.
func TestDataAtStakeTakesItsOwnWord(t *testing.T) {
	t.Parallel()
	w := newWorld(false)
	w.findings = append(w.findings, NewFinding(Target, false, "Database is not empty: 3 objects found"))
	r := newRun(t, w)
	r.until("preflight.warnings")
	q := r.asks("preflight.warnings")
	if a, _ := q.Option("accept"); a.Typed != "accept the risk" || q.Start() != "check" {
		t.Errorf("%+v, begins at %s", a, q.Start())
	}
	some, _ := q.Option("accept-some")
	if len(some.Fields[0].Choices) != 1 || some.Fields[0].Choices[0].ID == w.findings[1].ID {
		t.Errorf("with the others: %+v", some.Fields[0].Choices)
	}
	r.fill("accept-some", map[string][]string{"findings": {w.findings[0].ID}})
	q = r.asks("preflight.warnings")
	if _, ok := q.Option("accept-some"); ok || q.Start() != "check" {
		t.Errorf("%+v", q)
	}
	if head := Show(r.s, Preflight, w.now)[0]; head.Kind != ItemHeadline || head.Text != "No critical finding" || head.Label != "2 warnings" {
		t.Errorf("the verdict is not first: %+v", head)
	}
	r.choose("accept")
	r.asks("replicate")
}

// TestNothingChosenIsNothingToGoOnWith: a visit that chose no database leaves nothing.
func TestNothingChosenIsNothingToGoOnWith(t *testing.T) {
	t.Parallel()
	w := newWorld(false)
	w.saved = []JournalSummary{{ID: "m0", API: "https://api.example", Org: "acme", Space: "prod", Step: Databases}}
	r := newRun(t, w)
	r.until("where")
	if q := r.asks("where"); q.Recommended != "here" || len(q.Options) != 2 {
		t.Errorf("%+v", q)
	}
}
