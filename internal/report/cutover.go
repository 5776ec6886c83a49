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
type PhaseName = steps.PhaseName

// Phases of a downtime.
const (
	PhaseStopping     = steps.PhaseStopping
	PhaseDecision     = steps.PhaseDecision
	PhaseFinalization = steps.PhaseFinalization
	PhaseRebinding    = steps.PhaseRebinding
	PhaseStarting     = steps.PhaseStarting
	PhaseReturning    = steps.PhaseReturning
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
