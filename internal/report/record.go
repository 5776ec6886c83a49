package report

import (
	"slices"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// cold reports whether nobody has looked at the platform since the wizard was
// started: then the machine knows choices and history only, and what it computes
// from facts says nothing.
func (b *builder) cold() bool {
	for see, seen := range b.s.Seen {
		if see != steps.SeeSession && see != steps.SeeMigrations && see != steps.SeeOrgs && see != steps.SeeSpaces && !seen.At.IsZero() {
			return false
		}
	}
	return b.s.Choices.Where != nil
}

// standsAt is the machine's current step; of a cold record the one that the
// migration was last seen at.
func (b *builder) standsAt() steps.ID {
	if b.cold() {
		for _, v := range slices.Backward(b.visits()) {
			if v.id != steps.SignIn {
				return v.id
			}
		}
	}
	return steps.Current(b.s)
}

func (b *builder) standing() string {
	if !b.cold() || b.s.Choices.Ended != nil {
		return sanitize.Line(steps.Standing(b.s))
	}
	text := "From the record alone: nobody has looked at the applications since the wizard was started."
	if list := b.downtimes(); len(list) > 0 && list[len(list)-1].End.IsZero() {
		text += " By the record some are STOPPED since " + stamp(list[len(list)-1].Begin) + "."
	}
	return text
}

// status is the machine's word, save for a back-out that is over, which the
// machine knows only while it lasts, and for a cold record.
func (b *builder) status(id steps.ID, turns []Turn) steps.Status {
	ended := b.s.Choices.Ended
	switch {
	case id == steps.BackOut && (b.s.Choices.BackOut == nil || ended != nil && ended.How == steps.EndBackedOut):
		return steps.Done
	case !b.cold():
		return steps.StatusOf(b.s, id)
	case id == steps.SignIn, id == b.standsAt() && ended != nil && ended.How == steps.EndCompleted:
		return steps.Done
	case id == b.standsAt() && ended != nil:
		return steps.Attention
	case id == b.standsAt():
		return steps.Working
	case len(turns) > 0 && turns[len(turns)-1].done && turns[len(turns)-1].Round == b.s.Choices.Round:
		return steps.Done
	case ended != nil:
		return steps.Skipped
	}
	return steps.Todo
}
