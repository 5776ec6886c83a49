package report

import (
	"cmp"
	"slices"
	"time"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// visit is a stretch of time in which the migration stood at a step.
type visit struct {
	id         steps.ID
	round      int
	begin, end time.Time
}

// visits cuts the history into the stretches between the turns of the steps. The
// machine notes a step's begin once: when it comes back to a step that it had
// left without its being done (for a new sign-in), that one goes on.
func (b *builder) visits() []visit {
	var list []visit
	var open []steps.ID // begun and not done, the latest last
	var now visit
	leave := func(at time.Time) {
		if now.id != "" {
			now.end = at
			list = append(list, now)
			now = visit{}
		}
	}
	round := 0
	for _, m := range b.s.History {
		if m.Kind != steps.MomentStep {
			continue
		}
		if m.Round != round {
			leave(m.At)
			open, round = nil, m.Round
		}
		id := m.Step()
		open = slices.DeleteFunc(open, func(o steps.ID) bool { return o == id })
		switch m.Status {
		case steps.TurnBegun:
			leave(m.At)
			open = append(open, id)
			now = visit{id: id, round: m.Round, begin: m.At}
		case steps.TurnDone:
			if now.id == id {
				leave(m.At)
			}
			if n := len(open); now.id == "" && n > 0 {
				now = visit{id: open[n-1], round: m.Round, begin: m.At}
			}
		}
	}
	leave(b.until)
	return list
}

// steps lists the road with its times, and the back-out where there was one.
func (b *builder) steps() []Step {
	visits := b.visits()
	list := []Step{}
	for _, id := range append(steps.Road(), steps.BackOut) {
		turns := b.turns(id, visits)
		if id == steps.BackOut && len(turns) == 0 {
			continue
		}
		list = append(list, Step{
			ID: id, Number: id.Number(), Title: id.Title(), Status: b.status(id, turns),
			By: sanitize.Line(cmp.Or(b.carriedBy(id), b.answeredBy(id, visits))), Rounds: turns,
		})
	}
	return list
}

// answeredBy returns who gave the last answer while the migration stood at a step.
func (b *builder) answeredBy(id steps.ID, visits []visit) string {
	by := ""
	for _, m := range b.s.History {
		if m.Kind != steps.MomentAnswer || m.By == "" {
			continue
		}
		i := slices.IndexFunc(visits, func(v visit) bool { return !m.At.Before(v.begin) && !m.At.After(v.end) })
		if i >= 0 && visits[i].id == id { // the answer that ends a step is the step's
			by = m.By
		}
	}
	return by
}

// turns gathers the times of one step, round by round.
func (b *builder) turns(id steps.ID, visits []visit) []Turn {
	list := []Turn{}
	for round := 1; round <= max(1, b.s.Choices.Round); round++ {
		var begin, end time.Time
		for m := range b.s.History.In(round) {
			switch {
			case m.Turned(id, steps.TurnBegun):
				if begin.IsZero() {
					begin = m.At
				}
				end = time.Time{}
			case m.Turned(id, steps.TurnDone):
				if begin.IsZero() {
					begin = m.At // passed at once
				}
				end = m.At
			}
		}
		if begin.IsZero() {
			continue
		}
		t := Turn{Round: round, done: !end.IsZero(), Span: Span{Begin: b.when(begin), End: b.when(end)}}
		for _, v := range visits {
			if v.id != id || v.round != round {
				continue
			}
			t.Seconds += b.seconds(v.begin, v.end)
			if end.IsZero() && (round < b.s.Choices.Round || b.s.Choices.Ended != nil || id == steps.BackOut && b.s.Choices.BackOut == nil) {
				t.End = b.when(v.end) // left without being done
			}
		}
		list = append(list, t)
	}
	return list
}

// words is the history of a status. A word lasts until the next one, until the
// thing was removed, or until the finalization was completed: nobody asks after
// the replication any more while it runs.
func (b *builder) words(kind steps.MomentKind) []Word {
	gone := steps.DoDeleteReplication
	if kind == steps.MomentFinalization {
		gone = steps.DoDeleteFinalization
	}
	list := []Word{}
	for i, m := range b.s.History {
		if m.Kind != kind {
			continue
		}
		var end time.Time
		for _, later := range b.s.History[i+1:] {
			if later.Kind == kind || later.Did(gone) || later.Is(steps.MomentFinalization, steps.Completed) || later.Round != m.Round {
				end = later.At
				break
			}
		}
		w := Word{Round: m.Round, Word: sanitize.Line(m.Status), Span: b.span(m.At, end)}
		if m.Status == steps.Completed {
			w.Span = Span{Begin: b.when(m.At), End: b.when(m.At)} // a moment, not a stretch
		}
		list = append(list, w)
	}
	return list
}

// backOuts lists the times that the migration turned back, from the answers that
// made it do so. One lasts until its last request was carried out.
func (b *builder) backOuts() []BackOut {
	list := []BackOut{}
	for i, m := range b.s.History {
		how := m.TurnsBack()
		if how == "" {
			continue
		}
		out := BackOut{Round: m.Round, How: how, By: sanitize.Line(m.By)}
		var end time.Time
		over := false
		for _, later := range b.s.History[i+1:] {
			if later.Round != m.Round || later.Kind == steps.MomentAnswer && !withinBackOut(later.Object) {
				over = true
				break
			}
			if later.Done() {
				end = later.At
			}
		}
		for _, x := range steps.CutOvers(b.s) {
			c := x.BackOut
			if c == nil || !c.At.Equal(m.At) {
				continue
			}
			out.By, out.Why, out.Loss = sanitize.Line(c.By), sanitize.Line(c.Why), sanitize.Line(c.Loss)
		}
		q := steps.Ask(b.s)
		c := b.s.Choices.BackOut
		over = over || c == nil || !c.At.Equal(m.At) || b.s.Choices.Ended != nil || q != nil && q.ID == steps.QuestionBackedOut
		switch {
		case !over:
			end = time.Time{}
		case end.IsZero():
			end = m.At
		}
		out.Span = b.span(m.At, end)
		list = append(list, out)
	}
	return list
}

// withinBackOut reports whether a question may be asked while the migration turns
// back: about what failed, what comes next, and a new sign-in.
func withinBackOut(question string) bool {
	switch steps.QuestionID(question) {
	case steps.FailedQuestion(steps.BackOut), steps.QuestionBackedOut, steps.QuestionSignIn, steps.QuestionPasscode:
		return true
	}
	return false
}
