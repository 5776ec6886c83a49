package cli

import (
	"context"
	"slices"
	"time"

	"pg-migrate-wizard/engine"
	"pg-migrate-wizard/plan"
	"pg-migrate-wizard/steps"
)

// survey is a look at a migration as it stands, whoever has begun it: nothing is
// changed, no journal is written, and none has to be there.
type survey struct {
	eng  *engine.Engine
	pace float64
	plan plan.Plan
	end  errandEnd
	s    steps.State // what was seen
	// nameable says that all six names are known: the service can be asked.
	nameable bool
}

// survey looks as far as the databases and their keys, and then at each of the
// sights.
func (p *program) survey(ctx context.Context, pl plan.Plan, cfg engine.Config, sights ...steps.Sight) (survey, error) {
	cfg.LookOnly = true
	v := survey{eng: engine.New(cfg), pace: cfg.Pace, plan: pl}
	e := &errand{
		command: "look", plan: pl,
		// The road beyond the databases takes words that nobody has given.
		reached: func(s steps.State) bool { return beyond(s, steps.Databases) || signedIn(s) && s.Choices.BackOut != nil },
	}
	var err error
	if v.end, err = p.do(ctx, v.eng, cfg, e); err != nil {
		return v, err
	}
	v.s = v.end.now.State
	if v.end.err != nil || v.end.past != nil {
		return v, nil
	}
	for _, see := range []steps.Sight{steps.SeeSourceKeys, steps.SeeTargetKeys} {
		if err := v.look(ctx, see); err != nil {
			return v, err
		}
	}
	v.chooseKeys()
	for _, see := range sights {
		if (see == steps.SeeReplication || see == steps.SeeFinalization) && !v.nameable {
			continue
		}
		if err := v.look(ctx, see); err != nil {
			return v, err
		}
	}
	return v, nil
}

// chooseKeys imagines that the keys are chosen which the plan names, or else
// those that the wizard makes.
func (v *survey) chooseKeys() {
	c := &v.s.Choices
	known := func(choice *steps.KeyChoice, planned string, keys []steps.Key) *steps.KeyChoice {
		if choice != nil {
			return choice
		}
		for _, name := range []string{planned, "pg-migrate-wizard", "pg-migrate-session-replication"} {
			there := slices.ContainsFunc(keys, func(k steps.Key) bool { return k.Name == name })
			if there || name != "" && name == planned {
				return &steps.KeyChoice{Name: name}
			}
		}
		return nil
	}
	c.SourceKey = known(c.SourceKey, v.plan.Source.Key.Name, v.s.Facts.SourceKeys)
	c.TargetKey = known(c.TargetKey, v.plan.Target.Key.Name, v.s.Facts.TargetKeys)
	v.nameable = v.s.Names().Complete()
}

// look observes one thing, a few times if need be.
func (v *survey) look(ctx context.Context, see steps.Sight) error {
	var err error
	for try := range patienceOfLooks {
		var event any
		if event, err = v.eng.Look(ctx, v.s, see); err == nil {
			v.s, _ = steps.Apply(v.s, steps.Event{At: time.Now(), Is: event})
			return nil
		}
		if ctx.Err() != nil {
			return &exit{StatusInterrupted, "interrupted. Nothing was changed."}
		}
		stuck := &stuckError{see, engine.ProblemOf(err)}
		if stuck.noRight() || try == patienceOfLooks-1 {
			return stuck.exit()
		}
		if !rest(ctx, paced(v.pace, time.Second<<try)) {
			return &exit{StatusInterrupted, "interrupted. Nothing was changed."}
		}
	}
	return err
}

// paced is a pause in a world that is so many times quicker.
func paced(pace float64, d time.Duration) time.Duration {
	return max(time.Duration(float64(d)/max(pace, 1)), 50*time.Millisecond)
}

// rest waits; it reports whether the time is over, and nobody has interrupted.
func rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
