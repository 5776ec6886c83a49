package report

import (
	"slices"
	"time"

	"pg-migrate-wizard/sanitize"
	"pg-migrate-wizard/steps"
)

// downtimes finds the stretches in which applications were down. Unlike
// steps.Downtime, which is about now, it goes through all rounds and keeps the
// stretches apart that a postponement makes.
func (b *builder) downtimes() []Downtime {
	list := []Downtime{}
	turns := b.appTurns()
	down := map[string]bool{}
	var begin time.Time
	var round int
	var names []string
	add := func(end time.Time) {
		d := Downtime{Round: round, Span: b.span(begin, end), Applications: names, Phases: b.phases(begin, end)}
		list = append(list, d)
		begin, names = time.Time{}, nil
	}
	for _, m := range b.s.History {
		app, state := turns(m)
		switch state {
		case steps.Stopped:
			if begin.IsZero() {
				begin, round = m.At, m.Round
			}
			down[app] = true
			if name := sanitize.Line(app); !slices.Contains(names, name) {
				names = append(names, name)
			}
		case steps.Started:
			delete(down, app)
			if len(down) == 0 && !begin.IsZero() {
				add(m.At)
			}
		}
	}
	if !begin.IsZero() {
		add(time.Time{})
	}
	return list
}

// appTurns returns a function that tells which application a moment stopped or
// started. A request that got no clear answer and was found carried out by a look
// leaves only the moment of the effect. What was stopped before the migration, or
// is not there any more, is nobody's downtime.
func (b *builder) appTurns() func(steps.Moment) (app, state string) {
	type turn struct{ app, state string }
	effects, ignored := map[string]turn{}, map[string]bool{}
	name := func(r steps.Ref) {
		effects[steps.Effect{Do: steps.DoStopApp, App: r}.String()] = turn{r.Name, steps.Stopped}
		effects[steps.Effect{Do: steps.DoStartApp, App: r}.String()] = turn{r.Name, steps.Started}
	}
	for _, a := range b.s.Facts.Apps {
		name(a.Ref)
		if a.Gone {
			ignored[a.Name] = true
		}
	}
	for _, m := range b.s.Choices.Memory {
		name(m.Ref)
		if m.State == steps.Stopped {
			ignored[m.Name] = true
		}
	}
	return func(m steps.Moment) (string, string) {
		var t turn
		switch {
		case m.Kind == steps.MomentApp && m.Word == "stopped":
			t = turn{m.Subject, steps.Stopped}
		case m.Kind == steps.MomentApp && m.Word == "started":
			t = turn{m.Subject, steps.Started}
		case m.Kind == steps.MomentEffect && m.Word == "done":
			t = effects[m.Subject]
		}
		if ignored[t.app] {
			return "", ""
		}
		return t.app, t.state
	}
}

// phases cuts a downtime into its parts. Each part lasts to the beginning of the
// next, so that they add up to the whole.
func (b *builder) phases(begin, end time.Time) []Phase {
	type mark struct {
		name PhaseName
		at   time.Time
	}
	until := end
	if end.IsZero() {
		until = b.until
	}
	var later []mark
	lastStop := begin
	last := PhaseStopping
	turns := b.appTurns()
	for _, m := range b.s.History {
		if m.At.Before(begin) || m.At.After(until) {
			continue
		}
		if _, state := turns(m); state == steps.Stopped && len(later) == 0 {
			lastStop = m.At
		}
		if next := beginsPhase(m); next != "" && next != last {
			later = append(later, mark{next, m.At})
			last = next
		}
	}
	marks := []mark{{PhaseStopping, begin}}
	if len(later) > 0 || !end.IsZero() || steps.Current(b.s) != steps.Writers {
		marks = append(marks, mark{PhaseDecision, lastStop}) // stopping ends with the last application
	}
	marks = append(marks, later...)
	list := []Phase{}
	for i, m := range marks {
		to := end
		if i+1 < len(marks) {
			to = marks[i+1].at
		}
		if m.name == PhaseDecision && !to.IsZero() && !to.After(m.at) {
			continue
		}
		list = append(list, Phase{m.name, b.span(m.at, to)})
	}
	return list
}

// beginsPhase returns the phase that begins with a moment; empty for none.
func beginsPhase(m steps.Moment) PhaseName {
	switch {
	case m.Kind == steps.MomentEffect && m.Word == "done" && m.Subject == (steps.Effect{Do: steps.DoCreateFinalization}).String():
		return PhaseFinalization
	case m.Kind == steps.MomentFinalization && (m.Word == steps.Completed || m.Word == steps.Failed):
		return PhaseDecision
	case m.Kind == steps.MomentFinalization:
		return PhaseFinalization
	case m.Kind == steps.MomentAnswer && m.Subject == "switch" && m.Word == "switch":
		return PhaseSwitching
	case turnsBack(m) != "":
		return PhaseReturning
	}
	return ""
}
