package report

import (
	"cmp"
	"time"

	"pg-migrate-wizard/steps"
)

// steps lists the road with its times, and the back-out where there was one.
func (b *builder) steps() []Step {
	visits := b.s.History.Visits(b.until)
	var list []Step
	for _, id := range append(steps.Road(), steps.BackOut) {
		times := b.times(id, visits)
		if id == steps.BackOut && len(times) == 0 {
			continue
		}
		list = append(list, Step{
			ID: id, Number: id.Number(), Title: id.Title(), Status: steps.RecordedStatus(b.s, id),
			By: cmp.Or(b.decidedBy(id), b.answeredBy(id, visits)), Rounds: times,
		})
	}
	return list
}

// answeredBy returns who gave the last answer while the migration stood at a step.
func (b *builder) answeredBy(id steps.ID, visits []steps.Visit) string {
	by := ""
	for _, m := range b.s.History {
		if m.Kind != steps.MomentAnswer || m.By == "" {
			continue
		}
		for _, v := range visits {
			if m.At.Before(v.Begin) || m.At.After(v.End) {
				continue
			}
			if v.Step == id {
				by = m.By
			}
			break // the answer that ends a step is the step's
		}
	}
	return by
}

// times are those of one step, round by round.
func (b *builder) times(id steps.ID, visits []steps.Visit) []StepTime {
	var list []StepTime
	for round := 1; round <= max(1, b.s.Choices.Round); round++ {
		begin, end := b.s.History.Span(round, id)
		if begin.IsZero() {
			continue
		}
		t := StepTime{Round: round, Span: Span{Begin: begin, End: end}}
		left := round < b.s.Choices.Round || b.s.Choices.Ended != nil || id == steps.BackOut && b.s.Choices.BackOut == nil
		for _, v := range visits {
			if v.Step != id || v.Round != round {
				continue
			}
			t.Seconds += v.Seconds()
			if end.IsZero() && left { // without being done
				t.End = v.End
			}
		}
		list = append(list, t)
	}
	return list
}

// statuses is the history of a status. One lasts until the next, until the resource was
// removed, or until the finalization was completed: from then on nobody asks for the
// replication.
func (b *builder) statuses(kind steps.MomentKind, removal steps.Verb) []StatusSpan {
	var list []StatusSpan
	for i, m := range b.s.History {
		if m.Kind != kind {
			continue
		}
		end := m.At
		if m.Status != steps.Completed { // which is a moment, not a stretch
			end = b.next(i, func(later steps.Moment) bool {
				return later.Kind == kind || later.Did(removal) || later.Is(steps.MomentFinalization, steps.Completed) || later.Round != m.Round
			})
		}
		list = append(list, StatusSpan{m.Round, m.Status, m.NotBefore, b.span(m.At, end)})
	}
	return list
}

// next is the time of the first moment after the given one that satisfies a condition;
// zero for none.
func (b *builder) next(i int, is func(steps.Moment) bool) time.Time {
	for _, later := range b.s.History[i+1:] {
		if is(later) {
			return later.At
		}
	}
	return time.Time{}
}

// backOuts lists the times that the migration was taken back, from the answers that
// ordered it. One lasts until its last request was carried out.
func (b *builder) backOuts() []BackOut {
	var list []BackOut
	q, now := steps.Ask(b.s), b.s.Choices.BackOut
	for i, m := range b.s.History {
		how := m.TurnsBack()
		if how == "" {
			continue
		}
		out := BackOut{Round: m.Round, How: how, By: m.By}
		over := now == nil || !now.At.Equal(m.At) || b.s.Choices.Ended != nil || q != nil && q.ID == steps.QuestionBackedOut
		end := m.At
		for _, later := range b.s.History[i+1:] {
			if later.Round != m.Round || later.Kind == steps.MomentAnswer && !withinBackOut(later.Object) {
				over = true
				break
			}
			if later.Done() {
				end = later.At
			}
			switch {
			case later.Did(steps.DoDeleteFinalization):
				out.Removed = append(out.Removed, string(steps.AboutFinalization))
			case later.Did(steps.DoDeleteReplication):
				out.Removed = append(out.Removed, string(steps.AboutReplication))
			}
		}
		if !over {
			end = time.Time{}
		}
		for _, x := range b.cutOvers {
			if c := x.BackOut; c != nil && c.At.Equal(m.At) {
				out.By, out.Why, out.Loss = c.By, c.Why, c.Loss
			}
		}
		out.Span = b.span(m.At, end)
		list = append(list, out)
	}
	return list
}

// withinBackOut reports whether a question may be asked during a back-out: about what failed, what comes next, and a new sign-in.
func withinBackOut(question string) bool {
	switch steps.QuestionID(question) {
	case steps.FailedQuestion(steps.BackOut), steps.QuestionBackedOut, steps.QuestionSignIn, steps.QuestionPasscode:
		return true
	}
	return false
}
