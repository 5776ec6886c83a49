package report

import (
	"slices"
	"time"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// New makes the report of a state as of the given time, in that time's zone.
func New(s steps.State, at time.Time) Report {
	b := &builder{s: s, at: at, until: at}
	if e := s.Choices.Ended; e != nil {
		b.until = e.At // and what a wizard notes that is only opened again is not part of it
		b.s.History = slices.DeleteFunc(slices.Clone(s.History), func(m steps.Moment) bool { return m.At.After(e.At) })
	}
	r := Report{
		Format: Format, Made: b.when(at), Outcome: b.outcome(), Step: b.standsAt(),
		Standing: b.standing(), Whole: b.whole(),
		People: b.people(), Names: cleanNames(s.Names()), Rounds: s.Choices.Round, SpentTargets: []string{},
		Steps: b.steps(), Checks: b.checks(), Preflight: b.preflight(),
		Replication: b.words(steps.MomentReplication), Finalization: b.words(steps.MomentFinalization),
		Applications: b.applications(), Downtimes: b.downtimes(), Decisions: b.decisions(), Alarms: b.alarms(), Waivers: b.waivers(),
		Requests: b.requests(), BackOuts: b.backOuts(), Removed: b.removals(), Left: b.leftovers(),
	}
	r.Forecasts = b.forecasts(r.Downtimes)
	if n := len(r.Forecasts); n > 0 {
		r.Forecast = &r.Forecasts[n-1]
	}
	for _, ref := range s.Choices.Spent {
		r.SpentTargets = append(r.SpentTargets, sanitize.Line(ref.Name))
	}
	if w := s.Choices.Where; w != nil {
		r.User = sanitize.Line(w.User)
		r.Place = Place{
			Landscape: sanitize.Line(w.Landscape), Provider: sanitize.Line(w.Provider), API: sanitize.Line(w.API),
			MigrationURL: sanitize.Line(w.MigrationURL), GoogleCloud: w.GoogleCloud,
		}
	}
	return r
}

// builder reads one state. It changes nothing in it.
type builder struct {
	s  steps.State
	at time.Time // of the report

	namesakes map[string]map[string]bool // identities of applications by name; see label

	until time.Time // what still lasts is counted up to here: the report, or the end of the migration
}

// when puts a time into the report's zone, to the second; no time stays none.
func (b *builder) when(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(b.at.Location()).Truncate(time.Second)
}

// span makes a Span; a zero end means that it lasts.
func (b *builder) span(begin, end time.Time) Span {
	if begin.IsZero() {
		return Span{}
	}
	until := end
	if end.IsZero() {
		until = b.until
	}
	return Span{Begin: b.when(begin), End: b.when(end), Seconds: b.seconds(begin, until)}
}

// seconds counts between the times as they are shown, so that parts add up to
// their whole.
func (b *builder) seconds(begin, end time.Time) int64 {
	return max(0, int64(b.when(end).Sub(b.when(begin))/time.Second))
}

func (b *builder) outcome() Outcome {
	switch {
	case b.s.Choices.Ended != nil:
		return Outcome(sanitize.Line(b.s.Choices.Ended.How))
	case b.s.Choices.Where == nil:
		return NotStarted
	}
	return InProgress
}

func (b *builder) whole() Span {
	if len(b.s.History) == 0 {
		return Span{}
	}
	var end time.Time
	if e := b.s.Choices.Ended; e != nil {
		end = e.At
	}
	return b.span(b.s.History[0].At, end)
}

// people lists everybody whose word is kept: in the order of the road, then of
// the record.
func (b *builder) people() []string {
	names := []string{}
	add := func(name string) {
		if name = sanitize.Line(name); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if w := b.s.Choices.Where; w != nil {
		add(w.User)
	}
	for _, id := range steps.Road() {
		add(b.carriedBy(id))
	}
	add(b.carriedBy(steps.BackOut))
	for _, c := range steps.CutOvers(b.s) {
		if c.Stop != nil {
			add(c.Stop.By)
		}
		if c.BackOut != nil {
			add(c.BackOut.By)
		}
		for _, w := range c.Waivers {
			add(w.By)
		}
	}
	for _, m := range b.s.History {
		add(m.By)
	}
	for _, a := range b.s.Choices.Accepted {
		add(a.By)
	}
	return names
}

// carriedBy returns whose word carried a step.
func (b *builder) carriedBy(id steps.ID) string {
	c := &b.s.Choices
	var word *steps.Consent
	switch id {
	case steps.SignIn:
		if c.Where != nil {
			return c.Where.User
		}
	case steps.Writers:
		if c.Stop != nil {
			return c.Stop.By
		}
	case steps.BackOut:
		if c.BackOut != nil {
			return c.BackOut.By
		}
	case steps.OpenAccess:
		word = c.OpenAccess
	case steps.Replicate:
		word = c.Replicate
	case steps.Finalize:
		word = c.Finalize
	case steps.Switch:
		if c.Switch != nil {
			word = &c.Switch.Consent
		}
	case steps.Validate:
		word = c.Validated
	}
	if word == nil {
		return ""
	}
	return word.By
}

func cleanNames(n steps.Names) steps.Names {
	for _, name := range []*string{&n.Org, &n.Space, &n.SourceInstance, &n.TargetInstance, &n.SourceKey, &n.TargetKey} {
		*name = sanitize.Line(*name)
	}
	return n
}

// requests lists those that failed or got no clear answer.
func (b *builder) requests() []Request {
	list := []Request{}
	for i, m := range b.s.History {
		if m.Kind != steps.MomentEffect || m.Status != steps.OutcomeFailed && m.Status != steps.OutcomeUnclear {
			continue
		}
		q := Request{
			At: b.when(m.At), Round: m.Round, Request: sanitize.Line(m.Object), Outcome: m.Status,
			Says: sanitize.Line(m.Says), Status: m.HTTPStatus, RequestID: sanitize.Line(m.RequestID),
		}
		for _, later := range b.s.History[i+1:] {
			if later.Done() && m.ID != "" && later.ID == m.ID {
				q.DoneAt = b.when(later.At)
				break
			}
		}
		list = append(list, q)
	}
	return list
}

// removals lists what was deleted.
func (b *builder) removals() []Removal {
	list := []Removal{}
	for _, m := range b.s.History {
		if m.Done() && m.Verb.Deletes() {
			list = append(list, Removal{At: b.when(m.At), Round: m.Round, What: sanitize.Line(m.Object)})
		}
	}
	return list
}
