package tui

import (
	"io"
	"testing"
	"testing/synctest"

	"pg-migrate-wizard/internal/engine/enginetest"
)

// TestTheScreenLeavesWhatPlainLeaves leads the same migration with keys and in
// lines: the landscape is the same in the end, and the journals are but for times.
// The good day is in TestWholeMigrationOnTheScreen; that a plan leaves what plain
// leaves is cli's to show.
func TestTheScreenLeavesWhatPlainLeaves(t *testing.T) {
	if underRace {
		t.Skip("runs without the race detector: make test has both")
	}
	t.Parallel()
	for _, scenario := range []string{"gcp", "forgotten-writer"} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				th := newTheatre(t, scenario, 80, 24)
				for range 60 {
					q := th.await()
					if q == nil {
						break
					}
					th.take(q, q.Alone())
				}
				sameInLines(t, th, scenario)
			})
		})
	}
}

// sameInLines leads the migration of a screen in lines, and compares what is left.
func sameInLines(t *testing.T, th *theatre, scenario string) {
	t.Helper()
	lines := newStage(t, scenario)
	lines.Start()
	r, err := Converse(t.Context(), lines.Engine, PlainOptions{Out: io.Discard, Auto: true})
	if err != nil || r.Ended == nil {
		t.Fatalf("%+v, %v", r.Question, err)
	}
	if diff := enginetest.Diff(lines.Left(), th.Left()); diff != "" {
		t.Errorf("(-plain +screen) %s", diff)
	}
}
