package report

import (
	"slices"
	"time"

	"pg-migrate-wizard/steps"
)

// downtimes finds the stretches in which applications were down. Unlike
// steps.Downtime, which is about now, it goes through all rounds and keeps the
// stretches apart that a postponement makes. An application that is brought to
// the target is up when it was seen healthy, not when its start was ordered; the
// switch is not done before all are.
func (b *builder) downtimes() []Downtime {
	list := []Downtime{}
	turns := b.appTurns()
	down := map[string]bool{}
	toTarget := false
	var begin, last time.Time // last: the end of the one before
	var round int
	var names []string
	add := func(end time.Time) {
		d := Downtime{Round: round, Span: b.span(begin, end), Applications: names, NotUp: []string{}, Phases: b.phases(last, begin, end)}
		for id := range down {
			if _, up := turns.started[id]; !end.IsZero() && (!up || turns.left[id]) {
				d.NotUp = append(d.NotUp, turns.label(id))
			}
		}
		slices.Sort(d.Applications)
		slices.Sort(d.NotUp)
		list = append(list, d)
		clear(down)
		begin, last, names = time.Time{}, end, nil
	}
	for i, m := range b.s.History {
		switch {
		case m.Kind == steps.MomentStep && m.Step() == steps.Switch:
			toTarget = m.Status == steps.TurnBegun
			if !toTarget && !begin.IsZero() {
				add(m.At)
			}
		case turnsBack(m) != "":
			toTarget = false
		}
		app, turn := turns.of(m)
		switch turn {
		case steps.AppStopped:
			if begin.IsZero() {
				begin, round = ordered(b.s.History[:i], m), m.Round
			}
			down[app] = true
			delete(turns.started, app)
			if name := turns.label(app); !slices.Contains(names, name) {
				names = append(names, name)
			}
		case steps.AppStarted:
			turns.started[app] = m.At
			if toTarget {
				continue // up when it is healthy
			}
			delete(down, app)
		case steps.AppHealthy:
			delete(down, app)
		default:
			continue
		}
		if len(down) == 0 && !begin.IsZero() {
			add(m.At)
		}
	}
	if !begin.IsZero() {
		add(time.Time{})
	}
	return list
}

// ordered returns when the request was sent that an application's moment is the
// outcome of: the machine notes how long it took just before.
func ordered(before []steps.Moment, m steps.Moment) time.Time {
	if n := len(before); n > 0 {
		if e := before[n-1]; e.Kind == steps.MomentEffect && e.At.Equal(m.At) && e.Verb == m.Verb {
			return e.SentAt()
		}
	}
	return m.At
}

// appMoved is the turn of an application that was bound to or unbound from a side.
const appMoved = "moved"

// appTurns tells which application a moment is about. What was stopped before
// the migration, or is not there any more, is nobody's downtime.
type appTurns struct {
	b       *builder
	names   map[string]string
	ignored map[string]bool
	left    map[string]bool
	started map[string]time.Time // the last order to start
}

func (b *builder) appTurns() appTurns {
	t := appTurns{b: b, names: map[string]string{}, ignored: map[string]bool{}, left: map[string]bool{}, started: map[string]time.Time{}}
	for _, a := range b.s.Facts.Apps {
		t.ignored[a.GUID] = a.Gone
	}
	if c := b.s.Choices.Switch; c != nil {
		for _, id := range c.Left {
			t.left[id] = true
		}
	}
	return t
}

// of returns an application's identity, and its turn; empty for another moment.
func (t appTurns) of(m steps.Moment) (id, turn string) {
	if m.Kind != steps.MomentApp {
		return "", ""
	}
	id = m.AppID()
	t.names[id] = m.Object
	switch {
	case t.ignored[id]:
		return "", ""
	case m.Verb == steps.DoBind, m.Verb == steps.DoUnbind:
		return id, appMoved
	case m.Status != steps.AppStopped && m.Status != steps.AppStarted && m.Status != steps.AppHealthy:
		return "", ""
	}
	for _, x := range t.b.cutoverAt(m.At).Memory {
		if x.GUID == id && x.State == steps.Stopped {
			return "", ""
		}
	}
	return id, m.Status
}

func (t appTurns) label(id string) string { return t.b.label(steps.Ref{GUID: id, Name: t.names[id]}) }

// mark is where a phase begins.
type mark struct {
	name PhaseName
	at   time.Time
}

// switching is the stretch that is cut into rebinding and starting.
const switching PhaseName = "switching"

// phases cuts a downtime into its parts. Each part lasts to the beginning of the
// next, so that they add up to the whole. Previous is the end of the downtime
// before this one.
func (b *builder) phases(previous, begin, end time.Time) []Phase {
	until := end
	if end.IsZero() {
		until = b.until
	}
	marks := []mark{{PhaseStopping, begin}}
	turns := b.appTurns()
	lastStop := begin
	for _, m := range b.s.History {
		next := b.beginsPhase(m)
		switch {
		case !m.At.After(previous) || m.At.After(until):
			continue
		case !m.At.After(begin): // a stop may be part of a way back, or of the switch
			switch {
			case next == PhaseReturning, next == switching:
				marks[0].name = next
			case m.Answered("stop-writers", "stop"):
				marks[0].name = PhaseStopping
			}
			continue
		}
		if _, turn := turns.of(m); turn == steps.AppStopped && len(marks) == 1 {
			lastStop = m.At
		}
		if next != "" && next != marks[len(marks)-1].name {
			marks = append(marks, mark{next, m.At})
		}
	}
	if marks[0].name == PhaseStopping && (len(marks) > 1 || !end.IsZero() || steps.Current(b.s) != steps.Writers) {
		marks = slices.Insert(marks, 1, mark{PhaseDecision, lastStop}) // stopping ends with the last application
	}
	list := []Phase{}
	for i, m := range b.cutSwitching(marks, end, until) {
		if i > 0 && list[len(list)-1].End.IsZero() {
			list[len(list)-1].Span = b.span(list[len(list)-1].Begin, m.at)
		}
		list = append(list, Phase{m.name, b.span(m.at, time.Time{})})
	}
	if !end.IsZero() {
		list[len(list)-1].Span = b.span(list[len(list)-1].Begin, end)
	}
	return slices.DeleteFunc(list, func(p Phase) bool { // no decision, no phase
		return p.Name == PhaseDecision && !p.End.IsZero() && p.Seconds == 0
	})
}

// cutSwitching cuts the switch in two: up to the last binding, and from there.
// With several applications at once the first are started while others are still
// being bound; that is rebinding.
func (b *builder) cutSwitching(marks []mark, end, until time.Time) []mark {
	var list []mark
	turns := b.appTurns()
	for i, m := range marks {
		if m.name != switching {
			list = append(list, m)
			continue
		}
		to, open := until, end.IsZero()
		if i+1 < len(marks) {
			to, open = marks[i+1].at, false
		}
		bound, started := m.at, false
		for _, x := range b.s.History {
			if x.At.Before(m.at) || x.At.After(to) {
				continue
			}
			switch _, turn := turns.of(x); turn {
			case appMoved:
				bound = x.At
				started = started && !open // it goes on
			case steps.AppStarted, steps.AppHealthy:
				started = true
			}
		}
		if bound.After(m.at) || !started {
			list = append(list, mark{PhaseRebinding, m.at})
		}
		if started {
			list = append(list, mark{PhaseStarting, bound})
		}
	}
	return list
}

// beginsPhase returns the phase that begins with a moment; empty for none.
func (b *builder) beginsPhase(m steps.Moment) PhaseName {
	switch {
	case m.Did(steps.DoCreateFinalization):
		return PhaseFinalization
	case m.Is(steps.MomentFinalization, steps.Completed), m.Is(steps.MomentFinalization, steps.Failed):
		return PhaseDecision
	case m.Kind == steps.MomentFinalization:
		return PhaseFinalization
	case m.Answered("switch", "switch"), m.Answered("canary", "go-on"):
		return switching
	case m.Is(steps.MomentApp, steps.AppHealthy) && b.onTrial(m):
		return PhaseDecision
	case turnsBack(m) != "":
		return PhaseReturning
	}
	return ""
}

// onTrial reports whether an application's moment is that of the canary, before
// the person has said that the others may follow.
func (b *builder) onTrial(m steps.Moment) bool {
	c := b.s.Choices.Switch
	if c == nil || c.Canary == "" || c.Canary != m.ID {
		return false
	}
	return !slices.ContainsFunc(b.s.History, func(x steps.Moment) bool {
		return x.Answered("canary", "go-on") && x.Round == m.Round && !x.At.After(m.At)
	})
}
