package unattended

import (
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/engine/enginetest"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
	"pg-migrate-wizard/tui"
)

// world is a landscape in the bubble's time, and where its migration is
// remembered.
type world struct{ *enginetest.Stage }

func newWorld(t *testing.T, scenario string) world {
	t.Helper()
	return world{enginetest.New(t, sandbox.Config{Scenario: scenario, Seed: 7, Speed: 20})}
}

// plainly leads a migration in plain lines, with what is recommended.
func (w world) plainly(t *testing.T) steps.State {
	t.Helper()
	w.Start()
	defer w.Stop()
	r, err := Converse(t.Context(), w.Engine, tui.PlainOptions{Out: io.Discard, Auto: true})
	if err != nil || r.Ended == nil {
		t.Fatalf("%+v, %v", r.Question, err)
	}
	return r.Last.State
}

// run carries a plan out as the command does.
func (w world) run(t *testing.T, pl plan.Plan) driveResult {
	t.Helper()
	o := RunOptions{Yes: true}
	r, err := drive(t.Context(), engine.New(w.Config), driver{
		answer: o.answers(pl), done: func(now engine.Snapshot) bool { return reached(pl, now.State) }, stay: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestThePlanOfAMigrationDoesTheSame leads a migration in plain lines, saves its
// plan, checks it and runs it on a fresh landscape: that looks the same in the
// end, and the journals are the same but for times.
func TestThePlanOfAMigrationDoesTheSame(t *testing.T) {
	t.Parallel()
	for n, scenario := range []string{"gcp", "good-day", "forgotten-writer"} {
		if underRace && n > 0 {
			break
		}
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				plain := newWorld(t, scenario)
				s := plain.plainly(t)
				data, err := plan.Save(plan.FromState(s))
				if err != nil {
					t.Fatal(err)
				}
				pl, err := plan.Parse(data)
				if err != nil || pl.Until != plan.CleanedUp {
					t.Fatalf("until %s, %v", pl.Until, err)
				}
				ran := newWorld(t, scenario)
				r := ran.run(t, pl)
				if code, says := r.outcome(); code != status.ExitDone {
					t.Fatalf("status %d: %s", code, says)
				}
				if diff := enginetest.Diff(plain.Left(), ran.Left()); diff != "" {
					t.Errorf("(-plain +run) %s", diff)
				}
			})
		})
	}
}

// TestADryRunTellsWhatARunDoes holds the requests that a dry run says against
// those that the landscape got from a run.
func TestADryRunTellsWhatARunDoes(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*plan.Plan){
		"the whole road": func(*plan.Plan) {},
		"a new target": func(pl *plan.Plan) {
			pl.Target.Instance, pl.Target.Create, pl.Target.StorageGB, pl.Until = "orders-new", true, 40, plan.InSync
		},
	} {
		t.Run(name, func(t *testing.T) { dryAndWet(t, change) })
	}
}

func dryAndWet(t *testing.T, change func(*plan.Plan)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		pl := plan.FromState(newWorld(t, "good-day").plainly(t))
		change(&pl)
		w := newWorld(t, "good-day")
		var said []string
		o := RunOptions{Yes: true}
		played, _, _, err := rehearse(t.Context(), w.Config, pl, o.answers(pl), func(e status.Event) { said = append(said, e.Requests...) })
		if err != nil || !played.done {
			t.Fatalf("%+v, %v", played.open, err)
		}
		if n := len(changed(w.Landscape)); n != 0 {
			t.Fatalf("the dry run sent %d changing requests", n)
		}
		if r := w.run(t, pl); !r.done {
			t.Fatal(r.outcome())
		}
		said = slices.DeleteFunc(said, func(r string) bool { return strings.HasPrefix(r, http.MethodGet) })
		made := changed(w.Landscape)
		for n := range said { // what is made on the way has no identity before
			said[n] = unknown.ReplaceAllString(said[n], "GUID")
		}
		known := map[string]bool{}
		for _, r := range said {
			known[r] = true
		}
		for n := range made {
			if !known[made[n]] {
				made[n] = guid.ReplaceAllString(made[n], "GUID")
			}
		}
		slices.Sort(said) // applications are worked on side by side
		slices.Sort(made)
		if diff := cmp.Diff(made, said); diff != "" {
			t.Errorf("(-made +said):\n%s", diff)
		}
	})
}

var (
	unknown = regexp.MustCompile(`\{GUID of [^}]+\}`)
	guid    = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
)

func changed(l *sandbox.Landscape) []string {
	var list []string
	for _, r := range l.Requests() {
		if r.Method != http.MethodGet && !r.Metadata && r.Service != "uaa" {
			list = append(list, r.Method+" "+r.Path)
		}
	}
	return list
}
