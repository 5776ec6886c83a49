package status

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// pageVersion is the version of the form of Status. Fields are added to it, and
// not changed.
const pageVersion = 1

// Page is a whole migration on one page, for programs: what `status` prints,
// and what commands that lead a migration print when they are through. Its JSON
// is a public interface (docs/events.md). There is no secret in it.
type Page struct {
	Version      int         `json:"version"`
	At           time.Time   `json:"at"` // of the last thing that was seen
	Place        Place       `json:"place"`
	Names        steps.Names `json:"names"`
	Round        int         `json:"round"`
	Step         Step        `json:"step"` // where it stands
	Steps        []Step      `json:"steps"`
	Standing     string      `json:"standing"`
	Replication  Progress    `json:"replication"`
	Finalization Progress    `json:"finalization"`
	Downtime     *Downtime   `json:"downtime"` // null: there was none
	BackOut      BackOut     `json:"back_out"`
	Next         *Question   `json:"next"` // null: nothing is asked
	Alarms       []Alarm     `json:"alarms"`
	Writers      []Writer    `json:"writers"`
	Findings     []Finding   `json:"findings"`
	Problems     []Problem   `json:"problems"`
	Waiting      []Waiting   `json:"waiting"` // what failed in a way that passes, and is made again
	Ended        *Ended      `json:"ended"`   // null: it has not ended
	Journal      string      `json:"journal"`
	Unknown      []string    `json:"unknown"` // what is not known: not to be seen now, or only in a record that is not here
	// Claims are what the standing is made of, each with what it rests on.
	Claims []steps.Claim `json:"claims"`
	// Open is what the migration has left to somebody, and nothing has closed yet.
	Open []OpenItem `json:"open"`
	// Prepare is what to prepare before the downtime; it stops nothing.
	Prepare []Preparation `json:"prepare"`
}

// Place is where a migration works, and as whom.
type Place struct {
	API          string `json:"api"`
	Landscape    string `json:"landscape"`
	Provider     string `json:"provider"`
	MigrationURL string `json:"migration_url"`
	Org          string `json:"org"`
	Space        string `json:"space"`
	User         string `json:"user"`
	SignedIn     bool   `json:"signed_in"`
	Reason       string `json:"reason,omitempty"`      // why not signed in
	ProviderID   string `json:"provider_id,omitempty"` // as flags and plans have it
}

// Step is how one of the steps stands.
type Step struct {
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

// Progress is what the service says of a replication or a finalization.
type Progress struct {
	Known  bool       `json:"known"` // it was looked at
	Exists bool       `json:"exists"`
	Status string     `json:"status"`
	Since  *time.Time `json:"since,omitempty"`
	// LastSeen is when it had the status, where it is not seen now: the service cannot be
	// asked, or not any more.
	LastSeen *time.Time `json:"last_seen,omitempty"`
	// NotBefore is the last look before "since", where that was long ago: it came at some
	// time between the two.
	NotBefore *time.Time `json:"not_before,omitempty"`
	// RemovedAt is when this migration has removed it, where nobody looks any more.
	RemovedAt *time.Time `json:"removed_at,omitempty"`

	over bool // the service is not asked any more
}

// Downtime is for how long applications were stopped.
type Downtime struct {
	Begin    time.Time  `json:"begin"`
	End      *time.Time `json:"end"` // null: it lasts
	Seconds  float64    `json:"seconds"`
	InAll    int64      `json:"in_all_seconds"` // with those that were ended before it
	Times    int        `json:"times"`
	Forecast *Forecast  `json:"forecast,omitempty"`
}

// Forecast is what the downtime was expected to take.
type Forecast struct {
	LowSeconds  float64 `json:"low_seconds"`
	HighSeconds float64 `json:"high_seconds"`
}

// BackOut is what going back does, and what that costs.
type BackOut struct {
	Possible bool     `json:"possible"`
	Outcome  string   `json:"outcome"`
	Lost     bool     `json:"lost"` // something would be
	Lines    []string `json:"lines"`
	Cannot   []string `json:"cannot"`
	Why      string   `json:"why,omitempty"` // not
}

// Question is what is asked.
type Question struct {
	ID          string     `json:"id"`
	Step        steps.ID   `json:"step"`
	Title       string     `json:"title"`
	Why         string     `json:"why"`
	Tone        steps.Tone `json:"tone"`
	Waiting     bool       `json:"waiting"` // nobody is waited for
	Recommended string     `json:"recommended"`
	Options     []Option   `json:"options"`
}

// Option is one of the answers.
type Option struct {
	ID          string     `json:"id"`
	Label       string     `json:"label"`
	Consequence string     `json:"consequence"`
	Undo        steps.Undo `json:"undo"` // empty: freely
	Typed       bool       `json:"typed"`
	Blocked     string     `json:"blocked,omitempty"`
}

// Alarm is a writer that was seen where there should have been none.
type Alarm struct {
	ID    string     `json:"id"`
	Name  string     `json:"name"`
	What  string     `json:"what"`
	Since time.Time  `json:"since"`
	Until *time.Time `json:"until"` // null: it lasts
	Round int        `json:"round"`
	Means string     `json:"means"` // for the data

	MayHaveCost bool       `json:"may_have_cost_writes"` // what was written then may be missing on the target
	Word        string     `json:"word,omitempty"`       // what a person has said of that: compared, or accept
	Side        steps.Side `json:"side,omitempty"`       // that it could write to: source, target, both; of a change none
}

// Writer is one that can write to source or target, and what becomes of it.
type Writer struct {
	ID      string           `json:"id"`
	Kind    steps.WriterKind `json:"kind"`
	Name    string           `json:"name"`
	What    string           `json:"what"`
	Fate    steps.Fate       `json:"fate"`
	Settled bool             `json:"settled"`
	Note    string           `json:"note,omitempty"`
	Runs    bool             `json:"runs"`            // it was seen to, whatever was decided
	Side    steps.Side       `json:"side"`            // that it can write to: source, target, both
	Green   bool             `json:"green,omitempty"` // an application that waits on the target, stopped until COMPLETED
	// LastSeen is when it was seen so, where that is not now.
	LastSeen *time.Time `json:"last_seen,omitempty"`
}

// Finding is one of the preflight check.
type Finding struct {
	ID       string     `json:"id"`
	Side     steps.Side `json:"side"`
	Critical bool       `json:"critical"`
	Text     string     `json:"text"`
	Accepted bool       `json:"accepted"`
	Remedy   string     `json:"remedy"`
}

// Problem is what went wrong, and what to do about it.
type Problem struct {
	What       string `json:"what"`
	Says       string `json:"says"`
	NotChanged string `json:"not_changed"`
	Next       string `json:"next"`
	RequestID  string `json:"request_id,omitempty"`
}

// Ended is how a migration has ended, and when.
type Ended struct {
	At  time.Time `json:"at"`
	How string    `json:"how"`
}

// PageOf puts a migration on one page.
func PageOf(now engine.Snapshot) Page {
	s := now.State
	v := Page{
		Version: pageVersion, At: s.At, Place: placeOf(s), Names: s.Names(), Round: s.Choices.Round,
		Standing: steps.Standing(s), Replication: ProgressOf(s, steps.AboutReplication), Finalization: ProgressOf(s, steps.AboutFinalization),
		Downtime: downtimeOf(s), BackOut: BackOutOf(s), Next: QuestionOf(steps.Ask(s)), Journal: now.Journal,
		Writers: WritersOf(s), Problems: ProblemsOf(s), Waiting: WaitingOf(s), Findings: FindingsOf(s), Unknown: append([]string{}, steps.NotKnown(s)...), Claims: append([]steps.Claim{}, steps.Claims(s)...),
		Prepare: PreparationsOf(s), Open: OpenOf(s),
		Alarms: each(steps.Alarms(s), func(a steps.Alarm) Alarm {
			cost, word := a.MayHaveCost(s)
			return Alarm{a.ID, line(a.Name), line(a.What), a.Since, timeOrNil(a.Until), a.Round, line(a.Meaning(s)), cost, word, a.Side}
		}),
	}
	took := steps.SecondsIn(s)
	v.Step = stepOf(s, standsAt(s), took)
	v.Steps = each(steps.Road(), func(id steps.ID) Step { return stepOf(s, id, took) })
	if e := s.Choices.Ended; e != nil {
		v.Ended = &Ended{e.At, e.How}
		v.byRecord(s)
	}
	return v
}

// byRecord fills in, of a migration that has ended, what nobody looks at any more.
func (v *Page) byRecord(s steps.State) {
	if s.Seen[steps.ObserveSession].At.IsZero() {
		v.Place.Reason = "not looked at: the migration has ended"
	}
	if s.Choices.Ended.How != steps.EndCompleted {
		return
	}
	v.Step.Status = steps.Done
	for _, x := range []struct {
		p      *Progress
		moment steps.MomentKind
	}{{&v.Replication, steps.MomentReplication}, {&v.Finalization, steps.MomentFinalization}} {
		if !x.p.Known {
			x.p.Status = LastStatus(s, x.moment)
		}
	}
}

// LastStatus is the last status that a record has.
func LastStatus(s steps.State, moment steps.MomentKind) string {
	return line(s.History.LastStatus(s.Choices.Round, moment))
}

// standsAt is the step at which a migration stands, or has ended.
func standsAt(s steps.State) steps.ID {
	if s.Choices.Ended != nil {
		return steps.RecordedStep(s)
	}
	return steps.Current(s)
}

// line cleans what came from outside.
func line(text string) string { return sanitize.Line(text) }

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func placeOf(s steps.State) Place {
	f := s.Facts.Session
	at := Place{
		API: f.API, Landscape: f.Landscape, Provider: f.Provider, MigrationURL: f.MigrationURL,
		Org: f.Org.Name, Space: f.Space.Name, User: f.User, SignedIn: f.SignedIn, Reason: f.Reason,
	}
	if w := s.Choices.Where; w != nil { // cf may point elsewhere by now
		at.API, at.Org, at.Space = w.API, w.Org.Name, w.Space.Name
		at.Landscape, at.Provider = cmp.Or(w.Landscape, f.Landscape), cmp.Or(w.Provider, f.Provider)
		at.MigrationURL, at.User = cmp.Or(f.MigrationURL, w.MigrationURL), cmp.Or(f.User, w.User)
	}
	at.ProviderID = steps.ProviderWord(at.Provider)
	return at
}

func stepOf(s steps.State, id steps.ID, took map[steps.ID]int64) Step {
	begin, end := steps.Span(s, id)
	badge := line(steps.Badge(s, id))
	if id == steps.Switch && s.Seen[steps.ObserveApps].At.IsZero() {
		badge = "" // it counts what is seen
	}
	return Step{
		ID: id, Number: id.Number(), Title: id.Title(), Status: steps.StatusOf(s, id), Badge: badge,
		Begin: timeOrNil(begin), End: timeOrNil(end), Seconds: float64(took[id]),
	}
}

// ProgressOf is what the service says of one of the two, or has said last.
func ProgressOf(s steps.State, about steps.Subject) Progress {
	p := s.Facts.Replication
	if about == steps.AboutFinalization {
		p = s.Facts.Finalization
	}
	now := Progress{Known: p.Known, Exists: p.Exists}
	if p.Exists {
		now.Status, now.Since, now.NotBefore = line(p.Word), timeOrNil(p.Since), timeOrNil(p.NotBefore)
	}
	for _, c := range steps.Claims(s) {
		switch {
		case c.About != about:
		case c.Basis == steps.BasisLastSeen && !steps.IsCompleted(s) && s.Choices.Ended == nil:
			now.LastSeen = timeOrNil(c.At)
		case c.Basis != steps.BasisRecord, c.Value == steps.ValueBegun:
		case c.Value == steps.ValueNone:
			now.RemovedAt = timeOrNil(c.At)
		default:
			return Progress{Status: line(string(c.Value)), LastSeen: timeOrNil(c.At), over: s.Choices.Ended != nil || steps.IsCompleted(s) && !steps.Nameable(s)}
		}
	}
	return now
}

func downtimeOf(s steps.State) *Downtime {
	last := steps.LastDowntime(s)
	if last.Begin.IsZero() {
		return nil
	}
	until := s.At
	if e := s.Choices.Ended; e != nil {
		until = e.At
	}
	d := &Downtime{Begin: last.Begin, End: timeOrNil(last.End), Seconds: float64(last.Seconds(until))}
	d.InAll, d.Times = steps.DowntimeInAll(s, until)
	if stop := s.Choices.Stop; stop != nil && stop.Forecast != nil {
		low, high := stop.Forecast.Seconds()
		d.Forecast = &Forecast{float64(low), float64(high)}
	}
	return d
}

// BackOutOf says what going back would do now.
func BackOutOf(s steps.State) BackOut { return BackOutCard(steps.BackOutPlan(s)) }

// BackOutCard is a back-out card on the page.
func BackOutCard(c steps.Card) BackOut {
	return BackOut{Possible: c.Possible, Outcome: line(c.Outcome), Lost: c.Lost, Why: line(c.Why), Lines: each(c.ToDo(), line), Cannot: each(c.Cannot, line)}
}

// each makes a list of a list: it is there also where there is nothing in it.
func each[T, V any](list []T, of func(T) V) []V {
	made := make([]V, 0, len(list))
	for _, x := range list {
		made = append(made, of(x))
	}
	return made
}

// QuestionOf is a question for programs; nil: none.
func QuestionOf(q *steps.Question) *Question {
	if q == nil {
		return nil
	}
	return &Question{
		ID: string(q.ID), Step: q.Step, Title: line(q.Title), Why: line(q.Why), Tone: q.Tone, Waiting: q.Waiting(), Recommended: q.Recommended,
		Options: each(q.Options, func(o steps.Option) Option {
			return Option{o.ID, line(o.Label), line(o.Consequence), o.Undo, o.Typed != "", obstacle(o)}
		}),
	}
}

// WritersOf are the lines of the census.
func WritersOf(s steps.State) []Writer {
	return each(steps.Census(s), func(w steps.Writer) Writer {
		return Writer{w.ID, w.Kind, line(w.Name), line(w.What), w.Fate, w.Settled(), line(w.Note), w.Runs, w.Side, w.Green, timeOrNil(steps.SeenBefore(s, w.SeenBy()))}
	})
}

// obstacle says why an option cannot be taken now, and which flag takes that away.
func obstacle(o steps.Option) string {
	if o.Blocked != "" && o.Setting != "" {
		return line(o.Blocked + "; --" + string(o.Setting) + " settles it")
	}
	return line(o.Blocked)
}

// FindingsOf are those of the last preflight check.
func FindingsOf(s steps.State) []Finding {
	found := cmp.Or(s.Facts.Findings, s.Choices.Checked)
	if found == nil {
		return []Finding{}
	}
	return each(found.List, func(f steps.Finding) Finding {
		_, accepted := s.Choices.Acceptance(f.ID)
		return Finding{f.ID, f.Side, f.Critical, line(f.Text), accepted, line(steps.Remedy(f))}
	})
}

// ProblemsOf are the requests and the looks that have failed.
func ProblemsOf(s steps.State) []Problem {
	list := []Problem{}
	add := func(t steps.Explained) {
		list = append(list, Problem{line(t.What), line(t.Says), line(t.NotChanged), line(t.Next), line(t.RequestID)})
	}
	for _, id := range slices.Sorted(maps.Keys(s.Work)) {
		if w := s.Work[id]; w.Status == steps.GoneWrong || w.Status == steps.Unclear {
			add(steps.Explain(w))
		}
	}
	for _, l := range steps.Looks(s) {
		if p := s.Seen[l.Of].Problem; p != nil {
			add(steps.ExplainLook(l.Of, *p))
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].What < list[j].What })
	return list
}
