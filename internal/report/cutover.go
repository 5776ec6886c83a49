package report

import (
	"time"

	"pg-migrate-wizard/steps"
)

// Downtime is a stretch of time in which applications were down because of this
// migration: from the order that stopped the first to the moment at which the
// last one was up again.
type Downtime struct {
	Round int `json:"round"`
	Span
	Applications []string `json:"applications"`
	NotUp        []string `json:"not_up"` // that were not up when it ended
	Phases       []Phase  `json:"phases"`
}

// Phase is a part of a downtime. The parts follow each other without a gap.
type Phase struct {
	Name PhaseName `json:"name"`
	Span
}

// PhaseName says what a part of a downtime was spent on.
type PhaseName string

// Phases of a downtime.
const (
	PhaseStopping     PhaseName = "stopping"
	PhaseDecision     PhaseName = "decision" // nothing ran: a person's word was waited for
	PhaseFinalization PhaseName = "finalization"
	PhaseRebinding    PhaseName = "rebinding" // up to the last binding to the target
	PhaseStarting     PhaseName = "starting"  // from there until the last one was up
	PhaseReturning    PhaseName = "returning" // back to the source
)

// Forecast is what was said of a downtime before it began, beside what came.
type Forecast struct {
	Round    int            `json:"round"`
	At       time.Time      `json:"at"`
	Low      int64          `json:"low_seconds"`
	High     int64          `json:"high_seconds"`
	Begin    time.Time      `json:"downtime_begin,omitzero"` // of the downtime that it was about; absent: none came
	Actual   *int64         `json:"actual_seconds,omitempty"`
	Decision int64          `json:"decision_seconds"` // of the actual: waited for a person's word
	Verdict  Verdict        `json:"verdict,omitempty"`
	Parts    []ForecastPart `json:"parts"`
}

// ForecastPart is the forecast for one phase.
type ForecastPart struct {
	Name    PhaseName `json:"name"`
	Low     int64     `json:"low_seconds"`
	High    int64     `json:"high_seconds"`
	Basis   string    `json:"basis,omitempty"` // what the range was made from
	Actual  *int64    `json:"actual_seconds,omitempty"`
	Verdict Verdict   `json:"verdict,omitempty"`
}

// Verdict says how the actual compares with the forecast. There is none while
// the downtime lasts, nor of one that ended on the source: that was not forecast.
type Verdict string

// Verdicts.
const (
	Inside  Verdict = "inside"
	Shorter Verdict = "shorter"
	Longer  Verdict = "longer"
)

// Decision is a decision point: the downtime had lasted as long as the person
// wanted to be let alone.
type Decision struct {
	Round    int       `json:"round"`
	Asked    time.Time `json:"asked,omitzero"`    // absent: not recorded
	Answered time.Time `json:"answered,omitzero"` // absent: not yet
	Answer   string    `json:"answer,omitempty"`  // go-on, postpone, back-out
	By       string    `json:"by,omitempty"`
	Again    int       `json:"again_minutes,omitempty"` // after a go-on, when to be asked again; of the last one only
}

// Alarm is a stretch of time in which something could write to the source that
// should not, or in which something the migration stands on was changed.
type Alarm struct {
	Round  int       `json:"round"`
	Kind   AlarmKind `json:"kind"`
	Writer bool      `json:"writer"` // it could write to the source; else something was changed
	Name   string    `json:"name"`
	GUID   string    `json:"guid,omitempty"` // of a writer or an instance
	What   string    `json:"what"`           // what it was
	Span
}

// AlarmKind says what an alarm is about: a kind of writer (steps.WriterKind), or
// one of the changes below.
type AlarmKind string

// Changes that somebody else made and that the migration stands on.
const (
	ChangedInstance AlarmKind = "changed-instance" // renamed or gone
	ChangedKey      AlarmKind = "changed-key"      // a key of the migration is gone
	ChangedSpace    AlarmKind = "changed-space"    // cf points elsewhere
	ChangedUser     AlarmKind = "changed-user"     // cf is signed in as somebody else
)

// Waiver is something that could write to the source and was let be, on
// somebody's word.
type Waiver struct {
	Round     int       `json:"round"`
	Kind      string    `json:"kind,omitempty"` // steps.WriterKind
	Writer    string    `json:"writer"`
	Reason    string    `json:"reason"`
	At        time.Time `json:"at"`
	By        string    `json:"by,omitempty"`
	Former    bool      `json:"former"`    // of a cut-over that was taken back
	Withdrawn bool      `json:"withdrawn"` // the person took it back
}

// BackOut is one time that the migration turned back.
type BackOut struct {
	Round int    `json:"round"`
	How   string `json:"how"` // postponed, restarted-on-source, backed-out
	By    string `json:"by,omitempty"`
	Why   string `json:"why,omitempty"`
	Loss  string `json:"loss,omitempty"` // what the person agreed to lose
	Span
}

// Ways of turning back.
const (
	Postponed       = "postponed"           // applications started again, the replication stays
	RestartedSource = "restarted-on-source" // after a failed finalization, which stays for support
	TakenOff        = "backed-out"          // replication and finalization removed
)

// cutover is one cut-over of the record: the present one, or one that was taken
// back.
type cutover struct {
	steps.Former
	from   time.Time // its first word; zero: from the beginning
	former bool
}

// cutovers lists all of them, oldest first; the present one is the last.
func (b *builder) cutovers() []cutover {
	c := &b.s.Choices
	var list []cutover
	var before time.Time // when the one before was taken back
	add := func(f steps.Former, former bool) {
		x := cutover{Former: f, former: former, from: before}
		switch {
		case f.Stop != nil && f.Stop.Forecast != nil:
			x.from = f.Stop.Forecast.At
		case f.Stop != nil:
			x.from = f.Stop.At
		}
		if f.BackOut != nil {
			before = f.BackOut.At
		}
		list = append(list, x)
	}
	for _, f := range c.Former {
		add(f, true)
	}
	add(steps.Former{Round: c.Round, Memory: c.Memory, Stop: c.Stop, Waivers: c.Waivers, BackOut: c.BackOut}, false)
	return list
}

// cutoverAt returns the cut-over that a moment belongs to.
func (b *builder) cutoverAt(at time.Time) cutover {
	list := b.cutovers()
	for i := len(list) - 1; i > 0; i-- {
		if !list[i].from.After(at) {
			return list[i]
		}
	}
	return list[0]
}
