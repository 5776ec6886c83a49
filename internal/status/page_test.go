package status

import (
	"testing"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/steps"
)

// TestAStepTakesAsLongAsTheReportSays: what another step takes meanwhile, as a new
// sign-in, is not this one's time.
func TestAStepTakesAsLongAsTheReportSays(t *testing.T) {
	t.Parallel()
	t0 := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	s := steps.New()
	s.At, s.Choices.Round = t0.Add(time.Hour), 1
	for _, m := range []struct {
		after int
		step  steps.ID
		word  string
	}{{0, steps.Keys, "begun"}, {10, steps.SignIn, "begun"}, {56, steps.SignIn, "done"}, {72, steps.Keys, "done"}} {
		s.History = append(s.History, steps.Moment{
			At: t0.Add(time.Duration(m.after) * time.Second), Kind: steps.MomentStep, Object: string(m.step), Status: m.word, Round: 1,
		})
	}
	for _, step := range PageOf(engine.Snapshot{State: s}).Steps {
		want := map[steps.ID]float64{steps.Keys: 26, steps.SignIn: 46}[step.ID]
		if step.Seconds != want {
			t.Errorf("%s: %v s, want %v", step.ID, step.Seconds, want)
		}
	}
}
