package status

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// Event is one thing that happened while a migration was led or watched without a
// person: a line of `--output json`. Only the fields that belong to its kind are
// there. Kinds and names are a public interface (docs/events.md).
type Event struct {
	At         time.Time    `json:"at"`
	Event      string       `json:"event"`
	Migration  string       `json:"migration,omitempty"` // which one, of several
	Names      *steps.Names `json:"names,omitempty"`
	Until      string       `json:"until,omitempty"`
	Program    string       `json:"program,omitempty"`
	Journal    string       `json:"journal,omitempty"`
	Step       steps.ID     `json:"step,omitempty"`
	Number     int          `json:"number,omitempty"`
	Of         string       `json:"of,omitempty"`   // replication, finalization
	What       string       `json:"what,omitempty"` // was done, went wrong, or may be so
	Name       string       `json:"name,omitempty"`
	ID         string       `json:"id,omitempty"`   // of a question, a finding, a writer
	GUID       string       `json:"guid,omitempty"` // of an application
	Word       string       `json:"word,omitempty"`
	Question   *Question    `json:"question,omitempty"`
	Key        string       `json:"key,omitempty"` // of the plan, that would answer
	Option     string       `json:"option,omitempty"`
	By         string       `json:"by,omitempty"`
	Says       string       `json:"says,omitempty"`
	NotChanged string       `json:"not_changed,omitempty"`
	Next       string       `json:"next,omitempty"`
	HTTPStatus int          `json:"http_status,omitempty"`
	RequestID  string       `json:"request_id,omitempty"`
	Seconds    float64      `json:"seconds,omitempty"`
	Requests   []string     `json:"requests,omitempty"` // method and path, in a dry run
	Round      int          `json:"round,omitempty"`
	LookedAt   *time.Time   `json:"looked_at,omitempty"`
	Failures   int          `json:"failures,omitempty"`    // looks that failed in a row
	Findings   []Finding    `json:"findings,omitempty"`    // that a question is about
	Waiting    []Waiting    `json:"waiting,omitempty"`     // requests and looks that are made again by themselves
	WaitingFor []string     `json:"waiting_for,omitempty"` // applications that were started and are not well, and why
	Lost       bool         `json:"lost,omitempty"`        // writes would be
	Since      *time.Time   `json:"since,omitempty"`       // an alarm
	EndedAt    *time.Time   `json:"ended_at,omitempty"`    // an alarm
	Alarms     []string     `json:"alarms,omitempty"`      // what they mean, in the end
	ExitStatus *int         `json:"exit_status,omitempty"`
	WithoutYes *int         `json:"exit_status_without_yes,omitempty"` // of the run, in a dry run
	Status     *Page        `json:"status,omitempty"`
	Would      *Would       `json:"would,omitempty"`   // what a dry run comes to
	Closing    []string     `json:"closing,omitempty"` // what was reached, in the end of a migration
	Report     string       `json:"report,omitempty"`  // where it was written, or why not
}

// Would is what a run would do, in sum.
type Would struct {
	Changes  int      `json:"changes"`  // requests that change something
	Stops    []string `json:"stops"`    // applications
	Deletes  []string `json:"deletes"`  // that cannot be brought back, or are made anew only
	Assumed  []string `json:"assumed"`  // without which it comes otherwise
	Downtime bool     `json:"downtime"` // it begins one
}

// text is the sum in words.
func (w Would) text() []string {
	if w.Changes == 0 {
		return nil
	}
	list := []string{fmt.Sprintf("In all %d requests would change something.", w.Changes)}
	if w.Downtime {
		list = append(list, "The downtime would begin: "+strings.Join(w.Stops, ", ")+" would be stopped.")
	}
	if len(w.Deletes) > 0 {
		list = append(list, "Of these delete something: "+strings.Join(w.Deletes, "; ")+".")
	}
	if n := len(w.Assumed); n > 0 {
		list = append(list, fmt.Sprintf("It holds as far as what was assumed above does (%d).", n))
	}
	return list
}

// Kinds of events.
const (
	EventBegin      = "begin"
	EventStep       = "step"
	EventStatus     = "status"
	EventEffect     = "effect"
	eventApp        = "app"
	EventAlarm      = "alarm"
	eventWaiver     = "waiver"
	eventLead       = "lead"   // from which machine it is led
	eventBefore     = "before" // how an application was, as a person says
	eventOpenItem   = "open-item"
	eventAcceptance = "acceptance"
	EventAnswer     = "answer"
	EventQuestion   = "question"
	eventProblem    = "problem"
	eventHeartbeat  = "heartbeat"
	EventAssumption = "assumption" // of a dry run
	EventWaiting    = "waiting"    // a request that failed in a way that passes
	EventDecision   = "decision"   // of the plan, where something went wrong
	eventNote       = "note"
	EventEnd        = "end"
)

// EventRecorder makes events of what is seen of a running engine. What the journal
// had before is not told again.
type EventRecorder struct {
	tell     func(Event)
	begun    time.Time
	moments  int
	first    steps.Moment
	last     map[string]string // the last word by kind of moment
	work     map[string]bool   // requests under way
	problems map[string]bool
	tries    map[string]int // of the requests that wait
}

// NewEventRecorder tells what comes from now on.
func NewEventRecorder(tell func(Event)) *EventRecorder {
	return &EventRecorder{tell: tell, begun: time.Now(), last: map[string]string{}, work: map[string]bool{}, problems: map[string]bool{}}
}

// Record tells what has come since it was called last.
func (r *EventRecorder) Record(now engine.Snapshot) {
	s := now.State
	if len(s.History) > 0 && (len(s.History) < r.moments || s.History[0] != r.first) {
		r.moments, r.first = 0, s.History[0] // the journal of another migration
	}
	for _, m := range s.History[r.moments:] {
		if kind, word := string(m.Kind)+" "+statusSubject(m), m.Status+fmt.Sprint(m.Round); r.last[kind] != word {
			r.last[kind] = word
			if !m.At.Before(r.begun) {
				e := EventOf(m)
				if m.Kind == steps.MomentAlarm {
					e = withMeaning(e, m, s)
				}
				if m.Kind == steps.MomentAnswer {
					e.Name = OptionName(m.Status, s)
				}
				r.tell(e)
			}
		}
	}
	r.moments = len(s.History)
	r.underWay(s)
	r.waits(s)
	seen := map[string]bool{}
	problem := func(key string, p Problem) {
		if seen[key] = true; !r.problems[key] {
			r.tell(Event{At: s.At, Event: eventProblem, What: p.What, Says: p.Says, NotChanged: p.NotChanged, Next: p.Next, RequestID: p.RequestID})
		}
	}
	for _, p := range problemsSeen(now) {
		problem(p.What+"\n"+p.Says, p)
	}
	for _, p := range switchProblems(s) {
		problem(p.What, p) // why changes with every look
	}
	r.problems = seen
}

// OptionName is the name of what an option picks by its GUID; empty where it picks
// nothing.
func OptionName(option string, s steps.State) string {
	f := s.Facts
	refs := append(slices.Clone(f.Orgs), f.Spaces...)
	for _, i := range f.Instances {
		refs = append(refs, i.Ref)
	}
	for _, r := range refs {
		if r.GUID == option {
			return line(r.Name)
		}
	}
	return ""
}

// statusSubject tells apart what may be told twice in a row: statuses and steps
// may not, when two programs saw the same turn; everything else may.
func statusSubject(m steps.Moment) string {
	switch m.Kind {
	case steps.MomentReplication, steps.MomentFinalization:
		return ""
	case steps.MomentStep:
		return m.Object
	}
	return m.At.String() + m.Object + m.ID
}

// underWay tells of requests that were begun.
func (r *EventRecorder) underWay(s steps.State) {
	work := map[string]bool{}
	var begun []steps.Work
	for id, w := range s.Work {
		if w.Status != steps.InFlight {
			continue
		}
		if work[id] = true; !r.work[id] {
			begun = append(begun, w)
		}
	}
	sort.Slice(begun, func(i, j int) bool { return begun[i].Effect.String() < begun[j].Effect.String() })
	for _, w := range begun {
		r.tell(Event{At: w.At, Event: EventEffect, What: line(w.Effect.String()), Word: "begun", Round: s.Choices.Round})
	}
	r.work = work
}

// problemsSeen are the problems of a migration, and those of the program's own keeping.
func problemsSeen(now engine.Snapshot) []Problem {
	list := ProblemsOf(now.State)
	for _, says := range []string{now.Warning, now.State.Notice} {
		if says != "" {
			list = append(list, Problem{What: "Attention.", Says: line(says)})
		}
	}
	return list
}

// EventOf is the event that a moment of the record is.
func EventOf(m steps.Moment) Event {
	e := Event{At: m.At, Word: line(m.Status), Round: m.Round, By: line(m.By), Says: line(m.Says)}
	subject := line(m.Object)
	//exhaustive:enforce
	switch m.Kind {
	case steps.MomentStep:
		e.Event, e.Step, e.Number = EventStep, m.Step(), m.Step().Number()
	case steps.MomentReplication, steps.MomentFinalization:
		e.Event, e.Of, e.RequestID = EventStatus, string(m.Kind), line(m.RequestID)
	case steps.MomentAnswer:
		e.Event, e.ID, e.Option, e.Word = EventAnswer, m.Object, line(m.Status), ""
	case steps.MomentEffect:
		e.Event, e.What, e.HTTPStatus, e.RequestID, e.Seconds = EventEffect, subject, m.HTTPStatus, line(m.RequestID), m.Seconds
	case steps.MomentApp:
		e.Event, e.Name, e.GUID = eventApp, subject, m.ID
	case steps.MomentAlarm:
		e.Event, e.Name, e.ID = EventAlarm, subject, m.ID
	case steps.MomentAcceptance:
		e.Event, e.What, e.ID = eventAcceptance, subject, m.ID
	case steps.MomentWaiver:
		e.Event, e.Name, e.ID = eventWaiver, subject, m.ID
	case steps.MomentBefore:
		e.Event, e.Name, e.GUID = eventBefore, subject, m.ID
	case steps.MomentLead:
		e.Event, e.Name = eventLead, subject
	case steps.MomentOpenItem:
		e.Event, e.What, e.Name, e.ID = eventOpenItem, subject, line(m.Name), m.ID
	default: // of a journal that a later version wrote
		e.Event, e.Name = line(string(m.Kind)), subject
	}
	return e
}

// Note is something worth knowing that stops nothing.
func Note(says string) Event { return Event{At: time.Now(), Event: eventNote, Says: line(says)} }

// TakenUpFor says why a migration that has ended is gone on with.
func TakenUpFor(left []string) Event {
	return Note("The migration has ended, and is taken up again for what was left of it: " + strings.Join(left, "; ") + ".")
}

// Heartbeat is a sign of life: how it stands, and how old the last look is.
func Heartbeat(now engine.Snapshot) Event {
	e := Event{
		At: time.Now(), Event: eventHeartbeat, Step: steps.Current(now.State), Says: headline(now),
		LookedAt: timeOrNil(now.LastLook), Failures: now.Failures, WaitingFor: unhealthyApps(now.State), Waiting: WaitingOf(now.State),
	}
	e.Number = e.Step.Number()
	return e
}

// SignOfLife is a heartbeat as a line for people, beside what programs read.
func SignOfLife(now engine.Snapshot) string {
	return Heartbeat(now).signOfLife()
}

func (e Event) signOfLife() string {
	says := line(e.live())
	if e.Migration != "" {
		says = line(e.Migration) + ": " + says
	}
	return e.At.Format(time.RFC3339) + " " + says
}

// headline says in a few words how the present step stands.
func headline(now engine.Snapshot) string {
	items := steps.Show(now.State, steps.Current(now.State), time.Now())
	if i := slices.IndexFunc(items, func(it steps.Item) bool { return it.Kind == steps.ItemHeadline }); i >= 0 {
		return line(items[i].Text + " " + items[i].Label)
	}
	switch q := steps.Ask(now.State); {
	case q != nil && q.Waiting():
		return strings.TrimSuffix(line(q.Title), ".")
	case q != nil:
		return "asks: " + strings.TrimSuffix(line(q.Title), ".")
	}
	return "looking"
}

// Text is the event for people, on one line or a few, cleaned.
func (e Event) Text() string { return sanitize.Text(e.text()) }

// text is the event for people, on one line or a few.
func (e Event) text() string {
	more := func(head string, tail ...string) string {
		tail = slices.DeleteFunc(tail, func(s string) bool { return s == "" })
		return strings.Join(append([]string{head}, tail...), "\n  ")
	}
	switch e.Event {
	case EventBegin:
		return more(fmt.Sprintf("From %s to %s in %s / %s, until %s.", e.Names.SourceInstance, e.Names.TargetInstance, e.Names.Org, e.Names.Space, e.Until), e.Says)
	case EventStep:
		head := e.Step.Title()
		if e.Number > 0 {
			head = fmt.Sprintf("Step %d of %d: %s", e.Number, len(steps.Road()), head)
		}
		if e.Word != "begun" {
			head += ": " + e.Word
		}
		return head
	case EventStatus:
		return strings.ToUpper(e.Of[:1]) + e.Of[1:] + ": " + e.Word
	case EventEffect:
		took := ""
		if e.Seconds > 0 {
			took = " (" + lasting(fromSeconds(e.Seconds)) + ")"
		}
		return more(e.Word+": "+e.What+took, append([]string{e.Says, requestID(e.RequestID)}, e.Requests...)...)
	case eventApp:
		return e.Name + ": " + e.Word
	case EventAlarm:
		return more("ALARM "+e.Word+": "+e.Name, e.What, e.Says)
	case eventAcceptance:
		return "Accepted: " + e.What
	case eventWaiver:
		return "Waived: " + e.Name + ": " + e.Says
	case eventLead:
		return more("Led from "+e.Name+" from here on", e.Says)
	case eventBefore:
		return "Said of " + e.Name + ": was " + strings.ToLower(e.Word) + " before"
	case eventOpenItem:
		said := "Left, " + e.Word + ": " + e.What
		if e.By != "" {
			return more(said, e.By+": "+e.Says)
		}
		return said
	case EventAnswer:
		if e.Name != "" {
			return "Answered: " + e.ID + " = " + e.Name
		}
		return "Answered: " + e.ID + " = " + e.Option
	case EventQuestion:
		key := ""
		if e.Key != "" {
			key = "Key of the plan that would answer it: " + e.Key
		}
		lines := []string{e.Question.Why, e.Says, key}
		for _, f := range e.Findings {
			lines = append(lines, findingLine(f))
		}
		return more("Question: "+e.Question.Title+" ("+e.Question.ID+")", lines...)
	case eventProblem:
		return more(e.What, e.Says, e.NotChanged, e.Next, requestID(e.RequestID))
	case EventAssumption:
		return "Assumed: " + e.Says
	case EventWaiting:
		return more("Not done yet: "+e.What, e.Says, e.Waiting[0].text())
	case eventHeartbeat:
		return e.live()
	case EventDecision:
		return more("Decided, as "+e.Key+" says: "+e.Question.Title, append(slices.Clone(e.WaitingFor), e.Says)...)
	case eventNote:
		return "Note: " + e.Says
	case EventEnd:
		standing := ""
		if e.Status != nil {
			standing = e.Status.Standing
		}
		lines := []string{standing}
		if e.Would != nil {
			lines = append(e.Would.text(), standing)
		}
		for _, a := range e.Alarms {
			lines = append(lines, "ALARM: "+a)
		}
		lines = append(append(lines, e.Closing...), e.Report)
		return more(fmt.Sprintf("Exit status %d: %s", *e.ExitStatus, e.Says), lines...)
	}
	return strings.Join(slices.DeleteFunc([]string{e.Event, e.Name, e.Word}, func(s string) bool { return s == "" }), ": ")
}

// ClosingOf are the lines that say at the end of a migration what was reached.
func ClosingOf(s steps.State) []string { return cleaned(steps.ClosingLines(s, "")) }

func cleaned(list []string) (lines []string) {
	for _, l := range list {
		lines = append(lines, line(l))
	}
	return lines
}

// findingLine says a finding of the preflight check with its remedy.
func findingLine(f Finding) string {
	severity, _, _ := strings.Cut(f.severity(), ",")
	text := fmt.Sprintf("%s (%s, %s): %s", severity, f.Side, f.ID, f.Text)
	if f.Remedy != "" {
		text += " → " + f.Remedy
	}
	return text
}

func requestID(id string) string {
	if id == "" {
		return ""
	}
	return "Request id: " + id
}

// live is a sign of life as a line.
func (e Event) live() string {
	look := "no look yet"
	if e.LookedAt != nil {
		look = "last look " + lasting(e.At.Sub(*e.LookedAt)) + " ago"
	}
	if e.Failures > 0 {
		look += fmt.Sprintf(", failed in a row: %d", e.Failures)
	}
	says := e.Says
	if len(e.WaitingFor) > 0 {
		says += ", waiting for " + strings.Join(e.WaitingFor, "; ")
	}
	for _, w := range e.Waiting {
		look += "; " + w.text()
	}
	return fmt.Sprintf("%s: %s, %s", e.Step.Title(), says, look)
}
