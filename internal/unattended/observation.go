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

// observation is a look at a migration as it stands, whoever has begun it, as far as a
// plan says which one it is: nothing is changed, no journal is written, and none has
// to be there.
type observation struct {
	looks  []steps.Look
	beside []steps.Look // that may fail: what they would show is left out
	// When all was looked at once, news are told, until is asked whether it is over
	// (nil: it is), and the timeout begins.
	until     func(engine.Snapshot) bool
	timeout   time.Duration
	news      func(engine.Snapshot)
	heartbeat func(engine.Snapshot)
	every     time.Duration

	seen bool // all was looked at once
}

// once are looks that are not repeated.
func once(sights ...steps.Observable) []steps.Look {
	var looks []steps.Look
	for _, see := range sights {
		looks = append(looks, steps.Look{Of: see})
	}
	return looks
}

// observe looks as far as the databases and their keys, and then at what is wanted.
// What cannot be seen is the end's Err; the error is of what prevented it from looking
// at all.
func (u Runner) observe(ctx context.Context, pl plan.Plan, o observation) (StepEnd, error) {
	looks := append(once(steps.ObserveSourceKeys, steps.ObserveTargetKeys), o.looks...)
	u.Config.LookOnly, u.Config.Looks = true, append(slices.Clone(looks), o.beside...)
	u.Config.WithoutRecord = &steps.WithoutRecord{
		SourceKey: pl.Source.Key.Name, TargetKey: pl.Target.Key.Name, Source: pl.Source.Instance, Target: pl.Target.Instance,
	}
	end, err := u.Do(ctx, &StepCommand{
		Command: "look", Plan: pl, Timeout: o.timeout, Lasting: o.until != nil, observing: &o,
		// The road beyond the databases takes words that nobody has given.
		Reached: func(s steps.State) bool { return Beyond(s, steps.Databases) || SignedIn(s) && s.Choices.BackOut != nil },
	})
	switch {
	case err != nil, end.Err != nil, end.past != nil:
	case end.result.interrupted:
		end.Err = status.Exit(status.ExitInterrupted, "interrupted. Nothing was changed.")
	default:
		if i := slices.IndexFunc(looks, func(l steps.Look) bool { return slices.Contains(end.Now.GivenUp, l.Of) }); i >= 0 {
			end.Err = unseen(end.Now.State, looks[i].Of).exit()
		}
	}
	return end, err
}

// told passes on what is new, once all was looked at.
func (o *observation) told(now engine.Snapshot) {
	if o.seen && o.news != nil {
		o.news(now)
	}
}

// over reports whether enough was seen of the databases and their keys.
func (o *observation) over(now engine.Snapshot) bool {
	if o.seen = o.seen || now.Looked; !o.seen {
		return false
	}
	o.told(now)
	return o.until == nil || o.until(now)
}
