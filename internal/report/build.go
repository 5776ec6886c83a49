package report

import (
	"reflect"
	"time"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// New makes the report of a state as of the given time, in that time's zone.
func New(s steps.State, at time.Time) Report {
	b := &builder{s: s, at: at, until: at}
	if e := s.Choices.Ended; e != nil {
		b.until, b.s.History = e.At, s.History.Until(e.At) // without what a wizard notes that is only opened again
	}
	b.cutOvers = steps.CutOvers(b.s)
	r := Report{
		Format: Format, Version: Format, Made: at, Outcome: b.outcome(), Step: steps.RecordedStep(b.s),
		Standing: b.standing(), Whole: b.whole(),
		People: b.people(), Names: s.Names(), Rounds: s.Choices.Round,
		Steps: b.steps(), Checks: b.checks(), Preflight: b.preflight(),
		Replication:  b.statuses(steps.MomentReplication, steps.DoDeleteReplication),
		Finalization: b.statuses(steps.MomentFinalization, steps.DoDeleteFinalization),
		Applications: b.applications(), Downtimes: b.downtimes(), Decisions: b.decisions(), Alarms: b.alarms(), Waivers: b.waivers(),
		Requests: b.requests(), BackOuts: b.backOuts(), Removed: b.removals(), Prepare: b.preparations(),
	}
	r.Forecasts = b.forecasts(r.Downtimes)
	if n := len(r.Forecasts); n > 0 {
		r.Forecast = &r.Forecasts[n-1]
	}
	for _, ref := range s.Choices.UsedTargets {
		r.UsedTargets = append(r.UsedTargets, ref.Name)
	}
	for _, item := range steps.Inventory(b.s) {
		r.Left = append(r.Left, Leftover(item))
	}
	for _, i := range steps.Ledger(b.s) {
		r.Open = append(r.Open, OpenItem{i.ID, i.Kind, i.Name, i.What, i.Why, i.Since, i.By, i.Until, i.ClosesBy, !i.IsOpen(), i.ClosedAt, i.ClosedBy, i.Note})
	}
	r.Support = b.support()
	if w := s.Choices.Where; w != nil {
		r.User = w.User
		r.Place = Place{w.Landscape, w.Provider, w.API, w.MigrationURL, w.GoogleCloud, steps.ProviderWord(w.Provider)}
	}
	b.finish(reflect.ValueOf(&r).Elem())
	return r
}

// builder reads one state, and takes texts and times as they are: see finish.
type builder struct {
	s        steps.State
	cutOvers []steps.CutOver
	at       time.Time // of the report
	until    time.Time // what still lasts is counted up to here: the report, or the end of the migration
}

// finish prepares a value to be handed over: every text is sanitized, every time is in
// the report's zone, to the second, and no list is nil.
func (b *builder) finish(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(sanitize.Line(v.String()))
	case reflect.Pointer:
		if !v.IsNil() {
			b.finish(v.Elem())
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			b.finish(v.Index(i))
		}
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			v.Set(reflect.ValueOf(b.when(t)))
			return
		}
		for i := range v.NumField() {
			b.finish(v.Field(i))
		}
	}
}

// when converts a time to the report's zone, to the second; the zero time stays.
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
	return Span{Begin: b.when(begin), End: b.when(end), Seconds: steps.Visit{Begin: begin, End: until}.Seconds()}
}

func (b *builder) outcome() Outcome {
	switch {
	case b.s.Choices.Ended != nil:
		return Outcome(b.s.Choices.Ended.How)
	case b.s.Choices.Where == nil:
		return NotStarted
	}
	return InProgress
}

func (b *builder) standing() string {
	if !steps.RecordOnly(b.s) || b.s.Choices.Ended != nil {
		return steps.Standing(b.s)
	}
	if c := steps.Claims(b.s); len(c) > 0 && !c[0].At.IsZero() {
		return "From the record alone: " + steps.ShortStanding(b.s)
	}
	text := "From the record alone: nobody has looked at the applications since the wizard was started."
	if list := b.downtimes(); len(list) > 0 && list[len(list)-1].End.IsZero() {
		text += " By the record some are STOPPED since " + stamp(list[len(list)-1].Begin) + "."
	}
	return text
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
