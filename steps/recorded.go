package steps

import (
	"slices"
	"time"
)

// RecordOnly reports whether nobody has looked at the platform since the wizard was
// started: then choices and history are known only, and what is computed from facts
// says nothing.
func RecordOnly(s State) bool {
	for sight, seen := range s.Seen {
		switch sight {
		case ObserveSession, ObserveMigrations, ObserveOrgs, ObserveSpaces:
		default:
			if !seen.At.IsZero() {
				return false
			}
		}
	}
	return s.Choices.Where != nil
}

// RecordedStep is where the migration stands, or has ended: the current step, or, by the
// record alone, the one that it was last at. What was left for support stands where it
// failed, also when the applications were started on the source after that.
func RecordedStep(s State) ID {
	ended := s.Choices.Ended
	switch {
	case ended != nil && ended.How == EndCompleted:
		return CleanUp
	case ended != nil && ended.How == EndBackedOut:
		return BackOut
	case ended == nil && !RecordOnly(s):
		return current(&s)
	}
	for _, v := range slices.Backward(s.History.Visits(time.Time{})) {
		if v.Step != SignIn && (ended == nil || v.Step != BackOut) {
			return v.Step
		}
	}
	return current(&s)
}

// RecordedStatus is [StatusOf], save for a back-out that is over, which the machine
// knows only while it lasts, and for what is told by the record alone.
func RecordedStatus(s State, id ID) Status {
	ended, back := s.Choices.Ended, s.Choices.BackOut
	switch stands := RecordedStep(s); {
	case id == BackOut && (back == nil || ended != nil && ended.How == EndBackedOut):
		return Done
	case !RecordOnly(s):
		return StatusOf(s, id)
	case id == SignIn, id == stands && ended != nil && ended.How == EndCompleted:
		return Done
	case id == stands && ended != nil:
		return Attention
	case id == stands:
		return Working
	}
	switch _, end := Span(s, id); {
	case !end.IsZero():
		return Done
	case ended != nil:
		return Skipped
	}
	return Todo
}
