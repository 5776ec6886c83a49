package steps_test

import (
	"strings"
	"testing"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// TestSignedOutTheOpenMigrationComesFirst: without a login the journal still knows where
// the migration runs, and that something was changed.
func TestSignedOutTheOpenMigrationComesFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(false)
	w.session = Session{Known: []KnownLandscape{{API: "https://api.other", Name: "eu10"}}}
	w.saved = []JournalSummary{{ID: "m1", API: "https://api.example", Org: "acme", Space: "prod", Source: "orders-db", Target: "orders-hyperscaler", Step: Validate, At: w.now}}
	r := newRun(t, w)
	r.settle()
	q := Ask(r.s)
	if q == nil || q.ID != QuestionAPI || q.Options[0].ID != "https://api.example" || q.Recommended != q.Options[0].ID {
		t.Fatalf("%+v", q)
	}
	if said := Standing(r.s); !strings.Contains(said, "orders-db to orders-hyperscaler") || !strings.Contains(said, "Validate") {
		t.Error(said)
	}
	r.choose("https://api.example")
	w.session = newWorld(false).session
	r.watch()
	if q := Ask(r.s); q == nil || q.Recommended != ContinueMigration("m1") {
		t.Errorf("%+v", q)
	}
}

// TestAMigrationOfAnotherLandscapeIsNotOfferedHere: a login there does not reach it.
func TestAMigrationOfAnotherLandscapeIsNotOfferedHere(t *testing.T) {
	t.Parallel()
	w := newWorld(false)
	w.saved = []JournalSummary{{ID: "m1", API: "https://api.elsewhere", Source: "a", Target: "b"}}
	r := newRun(t, w)
	r.settle()
	if q := Ask(r.s); q == nil || q.ID != QuestionWhere || q.Recommended != OptionHere || strings.Contains(Standing(r.s), "open") {
		t.Errorf("%+v, %s", q, Standing(r.s))
	}
}

// TestACompletedMigrationThatCannotBeAskedAnyMore: the service finds it by its keys. When
// one is deleted its 404 is no "none".
func TestACompletedMigrationThatCannotBeAskedAnyMore(t *testing.T) {
	t.Parallel()
	w := newWorld(true)
	r := newRun(t, w)
	r.until(string(QuestionCleanUpCooling))
	if len(w.keys[Target]) > 0 {
		t.Fatal("the key is there")
	}
	for _, is := range []Occurrence{
		SawFinalization{Observation: Observation{r.s.Sequence()}, Names: r.s.Names()},
		SawReplication{Observation: Observation{r.s.Sequence()}, Names: r.s.Names()},
	} {
		r.apply(is)
	}
	for _, c := range Claims(r.s) {
		if c.About == AboutFinalization && (c.Value != Completed || c.Basis != BasisRecord || c.At.IsZero()) {
			t.Errorf("%+v", c)
		}
	}
}

// TestALoginThatCannotBeLookedAtHidesNoMigration: what this machine knows is known without
// a server.
func TestALoginThatCannotBeLookedAtHidesNoMigration(t *testing.T) {
	t.Parallel()
	for _, kind := range []ProblemKind{ProblemTokenServer, ProblemNetwork, ProblemServer, ProblemLocal} {
		r := newRun(t, newWorld(false))
		r.apply(LookFailed{ObserveSession, r.s.Sequence(), Problem{Kind: kind, Says: "no answer"}})
		looked := false
		for _, l := range Looks(r.s) {
			looked = looked || l.Of == ObserveMigrations
		}
		if !looked {
			t.Fatalf("%s: nobody looks for what was begun here", kind)
		}
		r.apply(SawMigrations{Observation: Observation{r.s.Sequence()}, Saved: []JournalSummary{{ID: "m1", API: "https://api.example", Source: "orders-db", Target: "orders-hyperscaler", Step: Replicate, At: r.w.now}}})
		for _, said := range append(Leaving(r.s), Standing(r.s)) {
			if !strings.Contains(said, "orders-db to orders-hyperscaler") {
				t.Errorf("%s: %s", kind, said)
			}
		}
	}
}
