package steps

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Downtime is a stretch of time in which applications were down because of this
// migration: from the order that stopped the first to the moment at which the last
// one was up again. An application that is brought to the target is up when it was
// seen healthy, not when its start was ordered; the switch is not done before all
// are. What was stopped before the migration, or is gone, does not count.
type Downtime struct {
	Round  int
	Begin  time.Time
	End    time.Time // zero: it lasts
	Apps   []Ref
	NotUp  []Ref   // that were not up when it ended
	Phases []Phase // they follow each other without a gap
}

// Phase is a part of a downtime.
type Phase struct {
	Name       PhaseName
	Begin, End time.Time // end zero: it lasts
	// NotBefore is the last look before its begin, where that was long ago: it began at some
	// time between the two.
	NotBefore time.Time
}

// PhaseName says what a part of a downtime was spent on. The values stand in reports.
type PhaseName string

// Phases of a downtime, as they came.
const (
	PhaseStopping     PhaseName = "stopping"
	PhaseDecision     PhaseName = "decision" // nothing ran: a person's word was waited for
	PhaseFinalization PhaseName = "finalization"
	PhaseRebinding    PhaseName = "rebinding" // up to the last binding to the target
	PhaseStarting     PhaseName = "starting"  // from there until the last one was up
	PhaseReturning    PhaseName = "returning" // back to the source

	phaseSwitching PhaseName = "switching" // is cut into rebinding and starting
)

// LastDowntime is the newest of this round, without its phases: a screen asks for it
// with every frame. Its Begin is zero when there was none.
func LastDowntime(s State) Downtime {
	if list, _ := downtimes(&s); len(list) > 0 && list[len(list)-1].Round == s.Choices.Round {
		return list[len(list)-1]
	}
	return Downtime{}
}

// Seconds is how long it lasted, or has lasted until now, as all voices say it.
func (d Downtime) Seconds(now time.Time) int64 {
	if !d.End.IsZero() {
		now = d.End
	}
	return Visit{Begin: d.Begin, End: now}.Seconds()
}

func (d Downtime) lasting(now time.Time) string {
	return lasting(time.Duration(d.Seconds(now)) * time.Second)
}

// DowntimeInAll is the sum of the record's downtimes, and how many there were: what was
// put off and begun again has more than one.
func DowntimeInAll(s State, now time.Time) (seconds int64, times int) {
	list, _ := downtimes(&s)
	for _, d := range list {
		seconds += d.Seconds(now)
	}
	return seconds, len(list)
}

// SayDowntimeInAll is that sum in words.
func SayDowntimeInAll(seconds int64, times int) string {
	text := lasting(time.Duration(seconds) * time.Second)
	if times > 1 {
		text += fmt.Sprintf(" in all, in %d downtimes", times)
	}
	return text
}

// Downtimes lists those of the whole record, oldest first. A cut-over that is put
// off ends one; what follows begins another.
func Downtimes(s State) []Downtime {
	list, h := downtimes(&s)
	for i, d := range list {
		list[i].Phases = h.phases(d.Begin, d.End)
	}
	return list
}

// downtimes finds them, and leaves their phases out.
func downtimes(s *State) (list []Downtime, h *appHistory) {
	h = newAppHistory(s)
	down := map[string]bool{}
	started := map[string]time.Time{} // the last order to start
	toTarget := false
	var d Downtime
	end := func(at time.Time) {
		for _, id := range slices.Sorted(maps.Keys(down)) {
			if _, up := started[id]; !at.IsZero() && (!up || h.left[id]) {
				d.NotUp = append(d.NotUp, h.ref(id))
			}
		}
		d.End = at
		list = append(list, d)
		d = Downtime{}
		clear(down)
	}
	for i, m := range s.History {
		switch {
		case m.Kind == MomentStep && m.Step() == Switch:
			toTarget = m.Status == TurnBegun
			if !toTarget && !d.Begin.IsZero() {
				end(m.At)
			}
		case m.TurnsBack() != "":
			toTarget = false
		}
		app, turn := h.turn(m)
		switch turn {
		case AppStopped:
			if d.Begin.IsZero() {
				d.Begin, d.Round = orderedAt(s.History[:i], m), m.Round
			}
			down[app] = true
			delete(started, app)
			if !slices.ContainsFunc(d.Apps, func(r Ref) bool { return r.GUID == app }) {
				d.Apps = append(d.Apps, h.ref(app))
			}
		case AppStarted:
			started[app] = m.At
			if toTarget {
				continue // up when it is healthy
			}
			delete(down, app)
		case AppHealthy:
			delete(down, app)
		default:
			continue
		}
		if len(down) == 0 && !d.Begin.IsZero() {
			end(m.At)
		}
	}
	if !d.Begin.IsZero() {
		end(time.Time{})
	}
	return list, h
}

// orderedAt is when the request was sent that an application's moment is the
// outcome of: the line before it says how long that took.
func orderedAt(before []Moment, m Moment) time.Time {
	if n := len(before); n > 0 {
		if e := before[n-1]; e.Kind == MomentEffect && e.Verb == m.Verb && e.At.Equal(m.At) {
			return e.SentAt()
		}
	}
	return m.At
}

// appHistory reads what happened to applications.
type appHistory struct {
	s        *State
	cutOvers []CutOver
	names    map[string]string
	gone     map[string]bool
	left     map[string]bool
}

func newAppHistory(s *State) *appHistory {
	h := &appHistory{s: s, cutOvers: CutOvers(*s), names: map[string]string{}, gone: map[string]bool{}, left: map[string]bool{}}
	for _, a := range s.Facts.Apps {
		h.gone[a.GUID] = a.Gone
	}
	if c := s.Choices.Switch; c != nil {
		for _, id := range c.Left {
			h.left[id] = true
		}
	}
	return h
}

func (h *appHistory) ref(id string) Ref { return Ref{GUID: id, Name: h.names[id]} }

// appMoved is what happened to an application that was bound or unbound.
const appMoved = "moved"

// turn returns an application's identity, and what happened to it; empty for
// another moment.
func (h *appHistory) turn(m Moment) (id, turn string) {
	if m.Kind != MomentApp {
		return "", ""
	}
	id = m.AppID()
	h.names[id] = m.Object
	switch {
	case h.gone[id]:
		return "", ""
	case m.Verb == DoBind, m.Verb == DoUnbind:
		return id, appMoved
	case m.Status != AppStopped && m.Status != AppStarted && m.Status != AppHealthy:
		return "", ""
	}
	wasStopped := func(x AppMemory) bool { return x.GUID == id && x.State == Stopped }
	if slices.ContainsFunc(CutOverAt(h.cutOvers, m.At).Memory, wasStopped) {
		return "", ""
	}
	return id, m.Status
}

// phases cuts a downtime into its parts. Each lasts to the beginning of the next, so
// that they add up to the whole.
func (h *appHistory) phases(begin, end time.Time) []Phase {
	list := []Phase{{Name: PhaseStopping, Begin: begin}}
	lastStop := begin
	for _, m := range h.s.History {
		next := h.beginsPhase(m)
		switch {
		case !end.IsZero() && m.At.After(end):
			continue
		case !m.At.After(begin): // a stop may be part of a way back, or of the switch, that was begun before
			switch {
			case next == PhaseReturning, next == phaseSwitching:
				list[0].Name = next
			case m.Answered(QuestionStopWriters, OptionStop):
				list[0].Name = PhaseStopping
			}
			continue
		}
		if _, turn := h.turn(m); turn == AppStopped && len(list) == 1 {
			lastStop = m.At
		}
		now := list[len(list)-1].Name
		if now == PhaseReturning && (next == PhaseFinalization || next == PhaseDecision) {
			continue // what the service says goes on meanwhile
		}
		if next != "" && next != now {
			list = append(list, Phase{Name: next, Begin: m.At, NotBefore: m.NotBefore})
		}
	}
	if list[0].Name == PhaseStopping && (len(list) > 1 || !end.IsZero() || current(h.s) != Writers) {
		list = slices.Insert(list, 1, Phase{Name: PhaseDecision, Begin: lastStop}) // stopping ends with the last application
	}
	list = h.cutSwitching(list, end)
	for i := range list {
		if list[i].End = end; i+1 < len(list) {
			list[i].End = list[i+1].Begin
		}
	}
	return list
}

// cutSwitching cuts the switch in two: up to the last binding, and from there.
// With several applications at once the first are started while others are still
// being bound; that is rebinding.
func (h *appHistory) cutSwitching(phases []Phase, end time.Time) []Phase {
	var list []Phase
	for i, p := range phases {
		if p.Name != phaseSwitching {
			list = append(list, p)
			continue
		}
		to := end
		if i+1 < len(phases) {
			to = phases[i+1].Begin
		}
		bound, started := p.Begin, false
		for _, m := range h.s.History {
			if m.At.Before(p.Begin) || !to.IsZero() && m.At.After(to) {
				continue
			}
			switch _, turn := h.turn(m); turn {
			case appMoved:
				bound = m.At
				started = started && !to.IsZero() // it goes on
			case AppStarted, AppHealthy:
				started = true
			}
		}
		if bound.After(p.Begin) || !started {
			list = append(list, Phase{Name: PhaseRebinding, Begin: p.Begin})
		}
		if started {
			list = append(list, Phase{Name: PhaseStarting, Begin: bound})
		}
	}
	return list
}

// beginsPhase returns the phase that begins with a moment; empty for none.
func (h *appHistory) beginsPhase(m Moment) PhaseName {
	switch {
	case m.Did(DoCreateFinalization):
		return PhaseFinalization
	case m.Is(MomentFinalization, Completed), m.Is(MomentFinalization, Failed):
		return PhaseDecision
	case m.Kind == MomentFinalization:
		return PhaseFinalization
	case m.switches():
		return phaseSwitching
	case m.Is(MomentApp, AppHealthy) && h.onTrial(m):
		return PhaseDecision
	case m.TurnsBack() != "":
		return PhaseReturning
	}
	return ""
}

// switches reports whether an answer lets applications go to the target, in whichever
// way: together, in an order, one first, or the others behind it.
func (m *Moment) switches() bool {
	return m.Answered(QuestionSwitch, OptionSwitch) || m.Answered(QuestionSwitch, OptionArrange) || m.Answered(QuestionSwitch, OptionGreen) || m.Answered(QuestionCanary, OptionGoOn)
}

// onTrial reports whether a moment is that of the canary, or of a green application,
// before the person has said that the others may follow.
func (h *appHistory) onTrial(m Moment) bool {
	c := h.s.Choices.Switch
	return c != nil && (c.Canary != "" && c.Canary == m.ID || slices.Contains(c.Green, m.ID)) && !h.s.History.Has(m.Round, func(x *Moment) bool {
		return x.Answered(QuestionCanary, OptionGoOn) && !x.At.After(m.At)
	})
}

// Ways of turning back. They stand in reports.
const (
	Postponed       = "postponed"           // applications started again, the replication stays
	RestartedSource = "restarted-on-source" // after a failed finalization, which stays for support
	TakenOff        = "backed-out"          // replication and finalization removed
)

// TurnsBack says how an answer turns the migration back; empty if it does not.
func (m Moment) TurnsBack() string {
	switch {
	case m.Kind != MomentAnswer:
		return ""
	case m.Status == OptionPostpone:
		return Postponed
	case m.Status == OptionBackOut:
		return TakenOff
	case m.Answered(QuestionFinalizationFailed, OptionRestart):
		return RestartedSource
	}
	return ""
}
