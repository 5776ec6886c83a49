package report

import (
	"encoding/json"
	"fmt"
	"time"

	"pg-migrate-wizard/steps"
)

// Format is the version of the report's JSON form, docs/report.md.
const Format = 1

// Report is the record of one migration at one moment. Its text is cleaned for
// display; its times are in the zone of Made, to the second.
type Report struct {
	Format       int           `json:"format"`
	Version      int           `json:"version"` // the same, by the name that all other forms have
	Made         time.Time     `json:"made"`
	Outcome      Outcome       `json:"outcome"`
	Step         steps.ID      `json:"step"`     // at which the migration is
	Standing     string        `json:"standing"` // where the applications are, in words
	Whole        Span          `json:"whole"`
	Place        Place         `json:"place"`
	User         string        `json:"user"`   // who chose org and space
	People       []string      `json:"people"` // everybody who decided something
	Names        steps.Names   `json:"names"`
	Rounds       int           `json:"rounds"` // 1, and one more for every start-over
	UsedTargets  []string      `json:"spent_targets"`
	Steps        []Step        `json:"steps"`
	Checks       []Check       `json:"checks"`
	Preflight    *Preflight    `json:"preflight,omitempty"` // the last run, where its findings are known
	Replication  []StatusSpan  `json:"replication"`
	Finalization []StatusSpan  `json:"finalization"`
	Applications []Application `json:"applications"`
	Downtimes    []Downtime    `json:"downtimes"`
	Forecasts    []Forecast    `json:"forecasts"`          // one for every cut-over that had one
	Forecast     *Forecast     `json:"forecast,omitempty"` // the last of them
	Decisions    []Decision    `json:"decisions"`
	Alarms       []Alarm       `json:"alarms"`
	Waivers      []Waiver      `json:"waivers"`
	Requests     []Request     `json:"requests"` // that failed or got no clear answer
	BackOuts     []BackOut     `json:"back_outs"`
	Removed      []Removal     `json:"removed"`
	Left         []Leftover    `json:"left"`
	Open         []OpenItem    `json:"open"` // what is left to somebody, open or closed by now
	Support      Support       `json:"support"`
	Prepare      []Preparation `json:"prepare"`
}

// Support is what support asks for first, by the identities of the other side. What is
// not known is left out.
type Support struct {
	Region        string      `json:"region,omitempty"`
	OrgGUID       string      `json:"org_guid,omitempty"`
	SpaceGUID     string      `json:"space_guid,omitempty"`
	SourceGUID    string      `json:"source_service_instance_guid,omitempty"`
	TargetGUID    string      `json:"target_service_instance_guid,omitempty"`
	SourceKeyGUID string      `json:"source_service_key_guid,omitempty"`
	TargetKeyGUID string      `json:"target_service_key_guid,omitempty"`
	Requests      []RequestID `json:"requests"`
}

// RequestID is a request or a look by the identity that the other side gave it.
type RequestID struct {
	At    time.Time `json:"at"`
	Round int       `json:"round"`
	What  string    `json:"what"`
	ID    string    `json:"request_id"`
}

// Outcome says how the migration ended, if it did.
type Outcome string

// Outcomes. The ends are those of package steps.
const (
	NotStarted Outcome = "not-started"
	InProgress Outcome = "in-progress"
	Completed  Outcome = steps.EndCompleted
	BackedOut  Outcome = steps.EndBackedOut
	ForSupport Outcome = steps.EndForHelp
)

// Span is a period of time. Without an End it still lasts, and Seconds counts up to
// when the report was made.
type Span struct {
	Begin   time.Time `json:"begin,omitzero"`
	End     time.Time `json:"end,omitzero"`
	Seconds int64     `json:"seconds"`
}

// Place is where the migration runs.
type Place struct {
	Landscape    string `json:"landscape"`
	Provider     string `json:"provider"`
	API          string `json:"api"`
	MigrationURL string `json:"migration_url"`
	GoogleCloud  bool   `json:"google_cloud"`
	ProviderID   string `json:"provider_id,omitempty"` // as flags and plans have it
}

// Step is one step of the road, or the back-out.
type Step struct {
	ID     steps.ID     `json:"id"`
	Number int          `json:"number,omitempty"` // from 1; the back-out has none
	Title  string       `json:"title"`
	Status steps.Status `json:"status"`
	By     string       `json:"by,omitempty"` // who decided it
	Rounds []StepTime   `json:"rounds"`
}

// StepTime is a step in one round: from when it was first begun to when it was last
// done. Seconds is the time spent in it, which is less when the migration was at
// another step in between.
type StepTime struct {
	Round int `json:"round"`
	Span
}

// Check is one run of the preflight check.
type Check struct {
	At     time.Time `json:"at"`
	Round  int       `json:"round"`
	Result string    `json:"result"`
}

// Preflight is the last preflight check.
type Preflight struct {
	At       time.Time `json:"at,omitzero"` // of the run; absent when the run is not known any more
	Source   string    `json:"source"`
	Target   string    `json:"target"`
	Complete bool      `json:"complete"` // all findings are listed; false: only what was accepted
	Findings []Finding `json:"findings"`
	Mended   []Finding `json:"mended"` // of the run before, and not of this one
}

// Finding is one line of the check.
type Finding struct {
	ID         string     `json:"id"`
	Side       steps.Side `json:"side,omitempty"`
	Severity   string     `json:"severity,omitempty"` // critical, warning
	Text       string     `json:"text,omitempty"`     // absent when it is not known any more
	Remedy     string     `json:"remedy,omitempty"`
	New        bool       `json:"new"` // the run before did not have it
	Accepted   bool       `json:"accepted"`
	AcceptedAt time.Time  `json:"accepted_at,omitzero"`
	AcceptedBy string     `json:"accepted_by,omitempty"`
}

// StatusSpan is a status as the migration service calls it, and for how long.
type StatusSpan struct {
	Round  int    `json:"round"`
	Status string `json:"word"`
	// NotBefore is the last look before its begin, where that was long ago: it came at some
	// time between the two.
	NotBefore time.Time `json:"not_before,omitzero"`
	Span
}

// Application is an application before and after.
type Application struct {
	Name     string    `json:"name"`
	GUID     string    `json:"guid,omitempty"` // tells applications of the same name apart
	Waived   bool      `json:"waived"`
	Canary   bool      `json:"canary"`              // it went to the target first, alone
	Green    bool      `json:"green"`               // it waits on the target, stopped until COMPLETED, or did and was started first
	Restaged bool      `json:"restaged"`            // it was restaged
	Left     bool      `json:"left"`                // it did not become healthy, and the person sees to it
	Before   *Standing `json:"before,omitempty"`    // absent when it is not remembered
	Earlier  []Earlier `json:"earlier"`             // how it was before cut-overs that were taken back, where that was otherwise
	Now      *Standing `json:"now,omitempty"`       // absent when it was not looked at
	Gone     bool      `json:"gone"`                // the platform does not know it any more
	SeenAt   time.Time `json:"seen_at,omitzero"`    // of the look that "now" or "gone" rests on
	AsBefore *bool     `json:"as_before,omitempty"` // absent when one of the two is not known
}

// Earlier is how an application was before a cut-over that was taken back.
type Earlier struct {
	Round int `json:"round"`
	Standing
}

// Standing is the state of an application.
type Standing struct {
	State     string    `json:"state"` // empty: the login may not see it
	Instances int       `json:"instances"`
	Processes []Process `json:"processes"`
	Bindings  []Binding `json:"bindings"`
	Healthy   string    `json:"healthy,omitempty"` // yes, no: whether all instances run; absent: not asked
	Ailment   string    `json:"ailment,omitempty"` // why it is not healthy, or why that is not known
	NotReady  bool      `json:"not_ready,omitempty"`
}

// Process is a process type and how many instances it has.
type Process struct {
	Type      string `json:"type"`
	Instances int    `json:"instances"`
}

// Binding is a binding to the source or the target.
type Binding struct {
	Side       steps.Side `json:"side"`
	Name       string     `json:"name,omitempty"`       // absent: unnamed
	Parameters string     `json:"parameters,omitempty"` // none, some; absent: the broker does not tell
	Unused     string     `json:"unused,omitempty"`     // why the application does not get it: there is a newer one, its deletion failed…
}

// Request is a request that failed or got no clear answer.
type Request struct {
	At        time.Time `json:"at"`
	Round     int       `json:"round"`
	Request   string    `json:"request"`
	Outcome   string    `json:"outcome"`          // failed, unclear
	DoneAt    time.Time `json:"done_at,omitzero"` // when it was done after all, by a repeat or as was observed
	Message   string    `json:"says,omitempty"`   // of the server
	Status    int       `json:"status,omitempty"` // HTTP
	RequestID string    `json:"request_id,omitempty"`
	Verb      string    `json:"verb,omitempty"` // as in the journal
	ID        string    `json:"id,omitempty"`   // of the request, as in the journal
}

// Removal is something that the migration deleted.
type Removal struct {
	At    time.Time `json:"at"`
	Round int       `json:"round"`
	What  string    `json:"what"`           // the request: "delete the service key …"
	Verb  string    `json:"verb,omitempty"` // as in the journal
	ID    string    `json:"id,omitempty"`   // of the request, as in the journal
}

// Leftover is something that is still there when the migration ends, or would be
// if it ended now.
type Leftover struct {
	What   steps.LeftKind `json:"kind"`
	Name   string         `json:"name"`
	Of     string         `json:"of,omitempty"`     // the instance, for keys, bindings and shares
	Status string         `json:"status,omitempty"` // of a replication or a finalization
	Why    string         `json:"why"`
	SeenAt time.Time      `json:"seen_at,omitzero"` // the last look; absent: known from the record only
}

// OpenItem is something that the migration has left to somebody.
type OpenItem struct {
	ID       string         `json:"id"`
	Kind     steps.OpenKind `json:"kind"`
	Name     string         `json:"name"`
	Text     string         `json:"text"`
	Why      string         `json:"why"` // it matters, and what to do
	Since    time.Time      `json:"since,omitzero"`
	By       string         `json:"by,omitempty"`   // whose word left it open
	Until    time.Time      `json:"until,omitzero"` // that it is kept, as a rule
	ClosesBy string         `json:"closes_by"`      // look, or word
	Closed   bool           `json:"closed"`
	ClosedAt time.Time      `json:"closed_at,omitzero"`
	ClosedBy string         `json:"closed_by,omitempty"` // whose word; absent: a look
	Note     string         `json:"note,omitempty"`
}

// Downtime is a period in which applications were down because of this
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
	Name steps.PhaseName `json:"name"`
	// NotBefore is the last look before its begin, where that was long ago: it began at some
	// time between the two.
	NotBefore time.Time `json:"not_before,omitzero"`
	Span
}

// Forecast is the forecast of a downtime, with the actual times beside it.
type Forecast struct {
	Round    int            `json:"round"`
	At       time.Time      `json:"at"`
	Low      int64          `json:"low_seconds"`
	High     int64          `json:"high_seconds"`
	Begin    time.Time      `json:"downtime_begin,omitzero"` // of the downtime that followed; absent: none did
	Actual   *int64         `json:"actual_seconds,omitempty"`
	Decision int64          `json:"decision_seconds"` // of the actual: spent waiting for a person
	Verdict  Verdict        `json:"verdict,omitempty"`
	Parts    []ForecastPart `json:"parts"`
}

// ForecastPart is the forecast for one phase.
type ForecastPart struct {
	Name    steps.PhaseName `json:"name"`
	Low     int64           `json:"low_seconds"`
	High    int64           `json:"high_seconds"`
	Basis   string          `json:"basis,omitempty"` // what the range was made from
	Actual  *int64          `json:"actual_seconds,omitempty"`
	Verdict Verdict         `json:"verdict,omitempty"`
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

// Decision is a decision point: the downtime had reached the limit after which the
// person wanted to be asked.
type Decision struct {
	Round    int       `json:"round"`
	Asked    time.Time `json:"asked,omitzero"`    // absent: not recorded
	Answered time.Time `json:"answered,omitzero"` // absent: not yet
	Answer   string    `json:"answer,omitempty"`  // go-on, postpone, back-out
	By       string    `json:"by,omitempty"`
	Again    int       `json:"again_minutes,omitempty"` // when to be asked again after a go-on; of the last one only
}

// Alarm is a period in which something could write to source or target that
// should not, or in which something the migration stands on was changed.
type Alarm struct {
	Round  int        `json:"round"`
	Kind   string     `json:"kind"`   // steps.WriterKind, or one of the changes
	Writer bool       `json:"writer"` // it could write; else something was changed
	Name   string     `json:"name"`
	GUID   string     `json:"guid,omitempty"` // of a writer or an instance
	What   string     `json:"what"`           // what it was
	Means  string     `json:"means"`          // for the data, as all voices say it
	Side   steps.Side `json:"side,omitempty"` // that a writer could write to: source, target, both
	Span
}

// Waiver lets something that could write to source or target go on.
type Waiver struct {
	Round     int        `json:"round"`
	Kind      string     `json:"kind,omitempty"` // steps.WriterKind
	Writer    string     `json:"writer"`
	Reason    string     `json:"reason"`
	At        time.Time  `json:"at"`
	By        string     `json:"by,omitempty"`
	Former    bool       `json:"former"`    // of a cut-over that was taken back
	Withdrawn bool       `json:"withdrawn"` // it was withdrawn
	Side      steps.Side `json:"side"`      // that it could write to: source, target, both
}

// BackOut is one time that the migration was taken back.
type BackOut struct {
	Round int    `json:"round"`
	How   string `json:"how"` // postponed, restarted-on-source, backed-out
	By    string `json:"by,omitempty"`
	Why   string `json:"why,omitempty"`
	Loss  string `json:"loss,omitempty"` // what the person agreed to lose
	// Removed is what was removed from the service: replication, finalization.
	Removed []string `json:"removed"`
	Span
}

// JSON returns the report in the form that docs/report.md describes.
func (r Report) JSON() ([]byte, error) {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the report as JSON: %w", err)
	}
	return append(data, '\n'), nil
}
