package unattended

import (
	"context"
	"slices"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// Observation is a look at a migration as it stands, whoever has begun it: nothing is
// changed, no journal is written, and none has to be there.
type Observation struct {
	eng  *engine.Engine
	pace float64
	plan plan.Plan
	end  StepEnd
	s    steps.State // what was seen
	// nameable says that all six names are known, and the keys there: the service can
	// be asked.
	nameable bool
}

// survey looks as far as the databases and their keys, and then at each of the
// sights. What cannot be seen is the end's error; the error is of what prevented it
// from looking at all.
func (u Runner) observe(ctx context.Context, pl plan.Plan, sights ...steps.Sight) (Observation, error) {
	u.Config.LookOnly = true
	v := Observation{pace: u.Config.Pace, plan: pl}
	e := &StepCommand{
		Command: "look", Plan: pl,
		// The road beyond the databases takes words that nobody has given.
		Reached: func(s steps.State) bool { return Beyond(s, steps.Databases) || SignedIn(s) && s.Choices.BackOut != nil },
	}
	var err error
	if v.end, err = u.Do(ctx, e); err != nil {
		return v, err
	}
	v.eng = v.end.eng
	v.s = v.end.Now.State
	if v.end.Err == nil && v.end.past == nil {
		v.end.Err = otherKeys(v.s, pl)
	}
	if v.end.Err != nil || v.end.past != nil {
		return v, nil
	}
	for _, see := range []steps.Sight{steps.SeeSourceKeys, steps.SeeTargetKeys} {
		if v.end.Err = v.observe(ctx, see); v.end.Err != nil {
			return v, nil
		}
	}
	v.chooseKeys()
	for _, see := range sights {
		if (see == steps.SeeReplication || see == steps.SeeFinalization) && !v.nameable {
			continue
		}
		if v.end.Err = v.observe(ctx, see); v.end.Err != nil {
			return v, nil
		}
	}
	return v, nil
}

// chooseKeys imagines that the keys are chosen which the plan names, or else
// those that the wizard makes.
func (v *Observation) chooseKeys() {
	c := &v.s.Choices
	known := func(choice *steps.KeyChoice, planned string, keys []steps.Key) *steps.KeyChoice {
		switch {
		case choice != nil:
			return choice
		case planned != "":
			return &steps.KeyChoice{Name: planned}
		}
		for _, name := range ownKeys {
			if keyThere(name, keys) {
				return &steps.KeyChoice{Name: name}
			}
		}
		return nil
	}
	c.SourceKey = known(c.SourceKey, v.plan.Source.Key.Name, v.s.Facts.SourceKeys)
	c.TargetKey = known(c.TargetKey, v.plan.Target.Key.Name, v.s.Facts.TargetKeys)
	v.nameable = v.s.Names().Complete() && keyThere(c.SourceKey.Name, v.s.Facts.SourceKeys) && keyThere(c.TargetKey.Name, v.s.Facts.TargetKeys)
}

// ownKeys are the names of those that the wizard makes.
var ownKeys = []string{steps.NewKeyName, steps.NewGCPKeyName}

func keyThere(name string, keys []steps.Key) bool {
	return slices.ContainsFunc(keys, func(k steps.Key) bool { return k.Name == name })
}

// observe observes one thing, a few times if need be.
func (v *Observation) observe(ctx context.Context, see steps.Sight) error {
	for try := 0; ; try++ {
		stuck := v.observeOnce(ctx, see)
		switch {
		case stuck == nil:
			return nil
		case ctx.Err() != nil:
			return status.Exit(status.ExitInterrupted, "interrupted. Nothing was changed.")
		case stuck.noRight() || try == patienceOfLooks-1:
			return stuck.exit()
		}
		if !rest(ctx, paced(v.pace, time.Second<<try)) {
			return status.Exit(status.ExitInterrupted, "interrupted. Nothing was changed.")
		}
	}
}

// observeOnce observes one thing once. That it failed is known to the state, too.
func (v *Observation) observeOnce(ctx context.Context, see steps.Sight) *stuckError {
	asked := v.s.Sequence()
	event, err := v.eng.Look(ctx, v.s, see)
	var stuck *stuckError
	if err != nil {
		stuck = &stuckError{see, engine.ProblemOf(err)}
		event = steps.LookFailed{See: see, Asked: asked, Problem: stuck.problem}
	}
	next, due := steps.Apply(v.s, steps.Event{At: time.Now(), Is: event})
	v.s = without(next, due)
	return stuck
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
