package report_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/report"
	"pg-migrate-wizard/steps"
)

var update = flag.Bool("update", false, "write the golden files anew")

// stories are migrations driven by the real engine on the embedded landscape.
var stories = map[string]func(*testing.T) steps.State{
	"good-day": func(t *testing.T) steps.State {
		s, _ := newStage(t, 2, "good-day").follow("")
		return s
	},
	"finalization-fails": func(t *testing.T) steps.State {
		s, _ := newStage(t, 4, "finalization-fails").follow("")
		return s
	},
	"hard-night": hardNight,
	"back-out": func(t *testing.T) steps.State {
		s := newStage(t, 4, "good-day")
		_, q := s.follow("finalize")
		s.choose(q, "back-out")
		_, q = s.follow("backed-out")
		s.choose(q, "end-clean")
		now, _ := s.follow("")
		return now
	},
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, tell := range stories {
		if underRace && name != "back-out" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var state steps.State
			var at time.Time
			synctest.Test(t, func(t *testing.T) {
				state = tell(t)
				at = time.Now().UTC()
			})
			r := report.New(state, at)
			checkConsistent(t, r)
			checkVoices(t, state, r)
			if name == "hard-night" {
				checkHardNight(t, state)
			}
			js, html := forms(t, r)
			golden(t, name+".md", r.Markdown())
			golden(t, name+".json", js)
			golden(t, name+".html", html)
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	a, b := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("%s, line %d:\n want %s\n got  %s\nIf it is meant: go test ./internal/report -update", name, i+1, a[i], b[i])
		}
	}
	t.Fatalf("%s: %d lines, want %d", name, len(b), len(a))
}

// forms returns JSON and HTML.
func forms(t *testing.T, r report.Report) (js, html string) {
	t.Helper()
	j, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(j), r.HTML()
}

// checkConsistent holds what must be true of every report.
func checkConsistent(t *testing.T, r report.Report) {
	t.Helper()
	for _, d := range r.Downtimes {
		if len(d.Phases) == 0 {
			t.Errorf("a downtime without phases: %+v", d)
			continue
		}
		at := d.Begin
		for _, p := range d.Phases {
			if !p.Begin.Equal(at) {
				t.Errorf("phase %s begins %s, the one before ends %s", p.Name, p.Begin, at)
			}
			at = p.End
		}
		if !at.Equal(d.End) {
			t.Errorf("the phases end %s, the downtime %s", at, d.End)
		}
	}
	for _, s := range r.Steps {
		for _, turn := range s.Rounds {
			if turn.Begin.IsZero() || !turn.End.IsZero() && turn.End.Before(turn.Begin) {
				t.Errorf("%s: %+v", s.ID, turn)
			}
			if until := turn.End; !until.IsZero() && turn.Seconds > int64(until.Sub(turn.Begin)/time.Second)+1 {
				t.Errorf("%s took longer than from its begin to its end: %+v", s.ID, turn)
			}
		}
	}
	for _, words := range [][]report.StatusSpan{r.Replication, r.Finalization} {
		for i, w := range words {
			if i > 0 && words[i-1].End.IsZero() {
				t.Errorf("%s never ends, and %s follows", words[i-1].Status, w.Status)
			}
		}
	}
	if r.Outcome == report.Completed || r.Outcome == report.BackedOut || r.Outcome == report.ForSupport {
		if r.Whole.End.IsZero() {
			t.Error("ended without an end")
		}
	}
}
