package plan

import (
	"slices"

	"pg-migrate-wizard/steps"
)

type end struct {
	until Until
	step  steps.ID
}

// untils are the ends of a run in their order, each with the step that is done then.
var untils = []end{
	{Prepared, steps.OpenAccess},
	{Keys, steps.Keys},
	{Preflight, steps.Preflight},
	{InSync, steps.Replicate},
	{Completed, steps.Finalize},
	{Switched, steps.Switch},
	{CleanedUp, steps.CleanUp},
}

// Ended is how far a migration can be watched, whatever its end: no plan says it.
const Ended Until = "ended"

func (u Until) number() int {
	return slices.IndexFunc(untils, func(x end) bool { return x.until == u })
}

// Covers reports whether a run until u gets as far as other.
func (u Until) Covers(other Until) bool { return u.number() >= other.number() }

// Step returns the step that is done when a run has come that far. InSync is
// reached within steps.Replicate already: its last question is whether to go on.
func (u Until) Step() steps.ID {
	if n := u.number(); n >= 0 {
		return untils[n].step
	}
	return ""
}

// Reached reports whether a migration has come as far as u: by what is seen of it now,
// or by what its journal has of this round.
func (u Until) Reached(s steps.State) bool {
	h, round := s.History, s.Choices.Round
	switch u {
	case InSync:
		if steps.Misnamed(s) {
			return false // how it stands cannot be seen
		}
		if s.Facts.Replication.Known && !s.Facts.Replication.Exists && !steps.IsCompleted(s) {
			return false // it was removed since
		}
		if h.Saw(round, steps.MomentReplication, steps.InSync) || s.Facts.Replication.Is(steps.InSync) {
			return !s.Facts.Replication.Is(steps.Failed)
		}
	case Completed:
		return steps.IsCompleted(s)
	case Ended:
		return s.Choices.Ended != nil
	case CleanedUp:
		return s.Choices.Ended != nil && s.Choices.Ended.How == steps.EndCompleted
	}
	id := u.Step()
	return id != "" && (steps.StatusOf(s, id) == steps.Done || h.StepDone(round, id))
}
