package cli

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/report"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// statusVersion is the version of the form of Status. Fields are added to it, and
// not changed.
const statusVersion = 1

// Status is a whole migration on one page, for programs: what `status` prints,
// and what commands that lead a migration print when they are through. Its JSON
// is a public interface (docs/events.md). There is no secret in it.
type Status struct {
	Version      int             `json:"version"`
	At           time.Time       `json:"at"` // of the last thing that was seen
	Place        statusPlace     `json:"place"`
	Names        steps.Names     `json:"names"`
	Round        int             `json:"round"`
	Step         statusStep      `json:"step"` // where it stands
	Steps        []statusStep    `json:"steps"`
	Standing     string          `json:"standing"`
	Replication  statusProgress  `json:"replication"`
	Finalization statusProgress  `json:"finalization"`
	Downtime     *statusDowntime `json:"downtime"` // null: there was none
	BackOut      statusBackOut   `json:"back_out"`
	Next         *statusQuestion `json:"next"` // null: nothing is asked
	Alarms       []statusAlarm   `json:"alarms"`
	Writers      []statusWriter  `json:"writers"`
	Findings     []statusFinding `json:"findings"`
	Problems     []statusProblem `json:"problems"`
	Ended        *statusEnded    `json:"ended"` // null: it has not ended
	Journal      string          `json:"journal"`
	Unknown      []string        `json:"unknown"` // what is not known, because the record is not here
}

type statusPlace struct {
	API          string `json:"api"`
	Landscape    string `json:"landscape"`
	Provider     string `json:"provider"`
	MigrationURL string `json:"migration_url"`
	Org          string `json:"org"`
	Space        string `json:"space"`
	User         string `json:"user"`
	SignedIn     bool   `json:"signed_in"`
	Reason       string `json:"reason,omitempty"` // why not signed in
}

type statusStep struct {
	ID     steps.ID     `json:"id"`
	Number int          `json:"number"` // from 1; 0 for the back-out
	Title  string       `json:"title"`
	Status steps.Status `json:"status"`
	Badge  string       `json:"badge,omitempty"`
	Begin  *time.Time   `json:"begin,omitempty"`
	End    *time.Time   `json:"end,omitempty"`
	// Seconds are those for which the migration stood at the step, as in the report.
	Seconds float64 `json:"seconds"`
}

type statusProgress struct {
	Known  bool       `json:"known"` // it was looked at
	Exists bool       `json:"exists"`
	Status string     `json:"status"`
	Since  *time.Time `json:"since,omitempty"`
}

type statusDowntime struct {
	Begin    time.Time       `json:"begin"`
	End      *time.Time      `json:"end"` // null: it lasts
	Seconds  float64         `json:"seconds"`
	Forecast *statusForecast `json:"forecast,omitempty"`
}

type statusForecast struct {
	LowSeconds  float64 `json:"low_seconds"`
	HighSeconds float64 `json:"high_seconds"`
}

type statusBackOut struct {
	Possible bool     `json:"possible"`
	Outcome  string   `json:"outcome"`
	Lost     bool     `json:"lost"` // something would be
	Lines    []string `json:"lines"`
	Cannot   []string `json:"cannot"`
	Why      string   `json:"why,omitempty"` // not
}

type statusQuestion struct {
	ID          string         `json:"id"`
	Step        steps.ID       `json:"step"`
	Title       string         `json:"title"`
	Why         string         `json:"why"`
	Tone        steps.Tone     `json:"tone"`
	Waiting     bool           `json:"waiting"` // nobody is waited for
	Recommended string         `json:"recommended"`
	Options     []statusOption `json:"options"`
}

type statusOption struct {
	ID          string     `json:"id"`
	Label       string     `json:"label"`
	Consequence string     `json:"consequence"`
	Undo        steps.Undo `json:"undo"` // empty: freely
	Typed       bool       `json:"typed"`
	Blocked     string     `json:"blocked,omitempty"`
}

type statusAlarm struct {
	ID    string     `json:"id"`
	Name  string     `json:"name"`
	What  string     `json:"what"`
	Since time.Time  `json:"since"`
	Until *time.Time `json:"until"` // null: it lasts
	Round int        `json:"round"`
}

type statusWriter struct {
	ID      string           `json:"id"`
	Kind    steps.WriterKind `json:"kind"`
	Name    string           `json:"name"`
	What    string           `json:"what"`
	Fate    steps.Fate       `json:"fate"`
	Settled bool             `json:"settled"`
	Note    string           `json:"note,omitempty"`
}

type statusFinding struct {
	ID       string     `json:"id"`
	Side     steps.Side `json:"side"`
	Critical bool       `json:"critical"`
	Text     string     `json:"text"`
	Accepted bool       `json:"accepted"`
	Remedy   string     `json:"remedy"`
}

type statusProblem struct {
	What       string `json:"what"`
	Says       string `json:"says"`
	NotChanged string `json:"not_changed"`
	Next       string `json:"next"`
	RequestID  string `json:"request_id,omitempty"`
}

type statusEnded struct {
	At  time.Time `json:"at"`
	How string    `json:"how"`
}

// viewOf puts a migration on one page.
func viewOf(now engine.Snapshot) Status {
	s := now.State
	v := Status{
		Version: statusVersion, At: s.At, Place: placeOf(s), Names: s.Names(), Round: s.Choices.Round,
		Standing: steps.Standing(s), Replication: progressOf(s.Facts.Replication), Finalization: progressOf(s.Facts.Finalization),
		Downtime: downtimeOf(s), BackOut: backOutOf(s), Next: questionOf(steps.Ask(s)), Journal: now.Journal,
		Alarms: []statusAlarm{}, Writers: []statusWriter{}, Problems: problemsOf(s), Findings: findingsOf(s), Unknown: []string{},
	}
	took := timesOf(s)
	v.Step = stepOf(s, standsAt(s), took)
	for _, id := range steps.Road() {
		v.Steps = append(v.Steps, stepOf(s, id, took))
	}
	for _, a := range steps.Alarms(s) {
		v.Alarms = append(v.Alarms, statusAlarm{a.ID, line(a.Name), line(a.What), a.Since, timeOrNil(a.Until), a.Round})
	}
	for _, w := range steps.Census(s) {
		v.Writers = append(v.Writers, statusWriter{w.ID, w.Kind, line(w.Name), line(w.What), w.Fate, w.Settled(), line(w.Note)})
	}
	if e := s.Choices.Ended; e != nil {
		v.Ended = &statusEnded{e.At, e.How}
		v.byRecord(s)
	}
	return v
}

// byRecord fills in, of a migration that has ended, what nobody looks at any more.
func (v *Status) byRecord(s steps.State) {
	if s.Seen[steps.SeeSession].At.IsZero() {
		v.Place.Reason = "not looked at: the migration has ended"
	}
	if s.Choices.Ended.How != steps.EndCompleted {
		return
	}
	v.Step.Status = steps.Done
	for _, x := range []struct {
		p      *statusProgress
		moment string
	}{{&v.Replication, steps.MomentReplication}, {&v.Finalization, steps.MomentFinalization}} {
		if !x.p.Known {
			x.p.Status = lastWord(s, x.moment)
		}
	}
}

// standsAt is the step at which a migration stands, or has ended.
func standsAt(s steps.State) steps.ID {
	switch e := s.Choices.Ended; {
	case e == nil:
		return steps.Current(s)
	case e.How == steps.EndCompleted:
		return steps.CleanUp
	case e.How == steps.EndBackedOut:
		return steps.BackOut
	}
	at := steps.Current(s)
	for _, m := range s.History {
		if m.Kind == steps.MomentStep && m.Round == s.Choices.Round {
			at = steps.ID(m.Subject)
		}
	}
	return at
}

// line cleans what came from outside.
func line(text string) string { return sanitize.Line(text) }

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func placeOf(s steps.State) statusPlace {
	f := s.Facts.Session
	at := statusPlace{
		API: f.API, Landscape: f.Landscape, Provider: f.Provider, MigrationURL: f.MigrationURL,
		Org: f.Org.Name, Space: f.Space.Name, User: f.User, SignedIn: f.SignedIn, Reason: f.Reason,
	}
	if w := s.Choices.Where; w != nil { // cf may point elsewhere by now
		at.API, at.Org, at.Space = w.API, w.Org.Name, w.Space.Name
		at.Landscape, at.Provider = cmp.Or(w.Landscape, f.Landscape), cmp.Or(w.Provider, f.Provider)
		at.MigrationURL, at.User = cmp.Or(f.MigrationURL, w.MigrationURL), cmp.Or(f.User, w.User)
	}
	return at
}

// timesOf is for how long a migration stood at each step, by the rule of the report.
func timesOf(s steps.State) map[steps.ID]float64 {
	took := map[steps.ID]float64{}
	for _, step := range report.New(s, s.At).Steps {
		for _, turn := range step.Rounds {
			if turn.Round == max(1, s.Choices.Round) {
				took[step.ID] = float64(turn.Seconds)
			}
		}
	}
	return took
}

func stepOf(s steps.State, id steps.ID, took map[steps.ID]float64) statusStep {
	begin, end := steps.Span(s, id)
	badge := line(steps.Badge(s, id))
	if id == steps.Switch && s.Seen[steps.SeeApps].At.IsZero() {
		badge = "" // it counts what is seen
	}
	return statusStep{
		ID: id, Number: id.Number(), Title: id.Title(), Status: steps.StatusOf(s, id), Badge: badge,
		Begin: timeOrNil(begin), End: timeOrNil(end), Seconds: took[id],
	}
}

func progressOf(p steps.Progress) statusProgress {
	v := statusProgress{Known: p.Known, Exists: p.Exists}
	if p.Exists {
		v.Status, v.Since = line(p.Word), timeOrNil(p.Since)
	}
	return v
}

func downtimeOf(s steps.State) *statusDowntime {
	begin, end := steps.Downtime(s)
	if begin.IsZero() {
		return nil
	}
	d := &statusDowntime{Begin: begin, End: timeOrNil(end), Seconds: seconds(cmp.Or(timeOrNil(end), &s.At).Sub(begin))}
	if stop := s.Choices.Stop; stop != nil && stop.Forecast != nil {
		low, high := stop.Forecast.Total()
		d.Forecast = &statusForecast{seconds(low), seconds(high)}
	}
	return d
}

// seconds are to a tenth.
func seconds(d time.Duration) float64 { return math.Round(max(d, 0).Seconds()*10) / 10 }

func backOutOf(s steps.State) statusBackOut { return cardOf(steps.BackOutPlan(s)) }

func cardOf(c steps.Card) statusBackOut {
	v := statusBackOut{Possible: c.Possible, Outcome: line(c.Outcome), Lost: c.Lost, Why: line(c.Why), Lines: []string{}, Cannot: []string{}}
	for _, l := range c.ToDo() {
		v.Lines = append(v.Lines, line(l))
	}
	for _, l := range c.Cannot {
		v.Cannot = append(v.Cannot, line(l))
	}
	return v
}

func questionOf(q *steps.Question) *statusQuestion {
	if q == nil {
		return nil
	}
	v := &statusQuestion{
		ID: string(q.ID), Step: q.Step, Title: line(q.Title), Why: line(q.Why), Tone: q.Tone, Waiting: q.Waiting(),
		Recommended: q.Recommended, Options: []statusOption{},
	}
	for _, o := range q.Options {
		v.Options = append(v.Options, statusOption{o.ID, line(o.Label), line(o.Consequence), o.Undo, o.Typed != "", obstacle(o)})
	}
	return v
}

// obstacle says why an option cannot be taken now, and which flag takes that away.
func obstacle(o steps.Option) string {
	if o.Blocked != "" && o.Setting != "" {
		return line(o.Blocked + "; --" + string(o.Setting) + " settles it")
	}
	return line(o.Blocked)
}

func findingsOf(s steps.State) []statusFinding {
	list := []statusFinding{}
	found := cmp.Or(s.Facts.Findings, s.Choices.Checked)
	if found == nil {
		return list
	}
	for _, f := range found.List {
		_, accepted := s.Choices.Acceptance(f.ID)
		list = append(list, statusFinding{f.ID, f.Side, f.Critical, line(f.Text), accepted, line(steps.Remedy(f))})
	}
	return list
}

func problemsOf(s steps.State) []statusProblem {
	list := []statusProblem{}
	add := func(t steps.Trouble) {
		list = append(list, statusProblem{line(t.What), line(t.Says), line(t.NotChanged), line(t.Next), line(t.RequestID)})
	}
	for _, id := range slices.Sorted(maps.Keys(s.Work)) {
		if w := s.Work[id]; w.Status == steps.GoneWrong || w.Status == steps.Unclear {
			add(steps.Explain(w))
		}
	}
	for _, l := range steps.Looks(s) {
		if p := s.Seen[l.See].Problem; p != nil {
			add(steps.ExplainLook(l.See, *p))
		}
	}
	slices.SortStableFunc(list, func(a, b statusProblem) int { return strings.Compare(a.What, b.What) })
	return list
}
