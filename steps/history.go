package steps

import (
	"iter"
	"slices"
	"strings"
	"time"
)

// Moment is something that happened and is worth a line in the record. What is
// decided by it stands in the typed fields; Object and Says are for people and are
// never read back. Its JSON is a public interface (docs/journal.md).
type Moment struct {
	At     time.Time  `json:"at"`
	Kind   MomentKind `json:"kind"`
	Object string     `json:"subject,omitempty"` // a name for people; of a step or a question its identity
	Status string     `json:"word"`              // what it came to; see the kinds
	Round  int        `json:"round,omitempty"`
	ID     string     `json:"id,omitempty"`   // of the request, application, writer or finding
	Verb   Verb       `json:"verb,omitempty"` // of a request, and of what it did to an application
	Side   Side       `json:"side,omitempty"` // to which an application was bound, or from which it was unbound
	Name   string     `json:"name,omitempty"` // of the key that a request was about, of a cancelled task, of an open thing
	Of     string     `json:"of,omitempty"`   // GUID of the instance that the key belongs to
	By     string     `json:"by,omitempty"`   // who answered
	Says   string     `json:"says,omitempty"`

	// NotBefore is the last look before it, where that was long ago: it came at some time
	// between, which nobody has seen. Zero: it was watched for.
	NotBefore time.Time `json:"not_before,omitzero"`

	HTTPStatus int     `json:"status,omitempty"`     // of a failure
	RequestID  string  `json:"request_id,omitempty"` // of a failure, and where the service tells it
	Seconds    float64 `json:"seconds,omitempty"`    // how long a request took
}

// MomentKind says what sort of thing happened. The values are a public interface:
// they stand in journals.
type MomentKind string

// Kinds of moments.
const (
	MomentStep         MomentKind = "step"         // object: the step; status: TurnBegun, TurnDone
	MomentReplication  MomentKind = "replication"  // status: as the service says
	MomentFinalization MomentKind = "finalization" // status: as the service says
	MomentAnswer       MomentKind = "answer"       // object: the question; status: the option
	MomentEffect       MomentKind = "effect"       // id: of the effect; status: OutcomeDone, …, or the result of a check
	MomentApp          MomentKind = "app"          // status: AppStopped, …, or what the verb did to it, in words
	MomentAlarm        MomentKind = "alarm"        // id: of the writer; status: see Alarms
	MomentAcceptance   MomentKind = "acceptance"   // object: a warning's text; id: of the finding, or "limits"; status: accepted
	MomentWaiver       MomentKind = "waiver"       // id: of the writer; says: the reason
	MomentOpenItem     MomentKind = "open-item"    // id: in the ledger; object: what it is; status: itemFound, itemClosed; by, says: of a word
	MomentBefore       MomentKind = "before"       // object: an application; status: how it was before, as a person says
	MomentLead         MomentKind = "lead"         // object: the machine; status: LeadTaken; says: from whom
)

// LeadTaken is the status when another machine has taken over.
const LeadTaken = "taken over"

// accepted is the status of an acceptance.
const accepted = "accepted"

// Turns of a step.
const (
	TurnBegun = "begun"
	TurnDone  = "done"
)

// Outcomes of an effect.
const (
	OutcomeDone    = "done"
	OutcomeFailed  = "failed"
	OutcomeUnclear = "unclear"
)

// What happens to an application, beside its bindings and tasks.
const (
	AppStopped = "stopped"
	AppStarted = "started"
	AppHealthy = "healthy" // seen to run, after this migration has brought it back
	AppLeft    = "left"    // does not run, and the person goes on without it

	AppOldBindingLeft = "old binding left" // the platform failed to delete it, and the person goes on
)

// Step is the step that the moment is about.
func (m *Moment) Step() ID { return ID(m.Object) }

// Did reports whether a request of that kind was carried out.
func (m *Moment) Did(v Verb) bool {
	return m.Kind == MomentEffect && m.Verb == v && m.Status == OutcomeDone
}

// Done reports whether any request was carried out.
func (m *Moment) Done() bool { return m.Kind == MomentEffect && m.Status == OutcomeDone }

// Is reports whether the moment is of that kind, and came to that status.
func (m *Moment) Is(kind MomentKind, status string) bool { return m.Kind == kind && m.Status == status }

// Turned reports whether a step was begun or done.
func (m *Moment) Turned(id ID, turn string) bool {
	return m.Kind == MomentStep && m.Step() == id && m.Status == turn
}

// Answers reports whether it is an answer to the question.
func (m *Moment) Answers(question QuestionID) bool {
	return m.Kind == MomentAnswer && m.Object == string(question)
}

// Answered reports whether the question was answered with the option.
func (m *Moment) Answered(question QuestionID, option string) bool {
	return m.Answers(question) && m.Status == option
}

// same reports whether the moment is about the same thing done to the same object
// as an effect, in whichever round. A key may be known by its name only.
func (m *Moment) same(e Effect) bool {
	e.Round = m.Round
	return m.Verb == e.Do && (m.ID == e.ID() || m.Name != "" && m.Name == e.Key.Name && m.Of == e.Instance.GUID)
}

// AppID identifies the application of a moment; older journals have its name only.
func (m Moment) AppID() string {
	if m.ID != "" {
		return m.ID
	}
	return m.Object
}

// SentAt is when the request was sent whose outcome the moment is.
func (m Moment) SentAt() time.Time {
	return m.At.Add(-time.Duration(m.Seconds * float64(time.Second)))
}

// History is what happened, oldest first.
type History []Moment

// In returns the moments of one round, oldest first.
func (h History) In(round int) iter.Seq[*Moment] {
	return func(yield func(*Moment) bool) {
		for i := range h {
			if h[i].Round == round && !yield(&h[i]) {
				return
			}
		}
	}
}

// First returns the oldest moment of a round that satisfies is; nil: none.
func (h History) First(round int, is func(*Moment) bool) *Moment {
	for i := range h {
		if h[i].Round == round && is(&h[i]) {
			return &h[i]
		}
	}
	return nil
}

// Last returns the newest moment of a round that satisfies is; nil: none.
func (h History) Last(round int, is func(*Moment) bool) *Moment {
	for i := len(h) - 1; i >= 0; i-- {
		if h[i].Round == round && is(&h[i]) {
			return &h[i]
		}
	}
	return nil
}

// Has reports whether any moment of a round satisfies is.
func (h History) Has(round int, is func(*Moment) bool) bool { return h.First(round, is) != nil }

// ever reports whether any moment of any round satisfies is.
func (h History) ever(is func(*Moment) bool) bool {
	for i := range h {
		if is(&h[i]) {
			return true
		}
	}
	return false
}

// Saw reports whether the service was seen to have that status in a round.
func (h History) Saw(round int, kind MomentKind, status string) bool {
	return h.Has(round, func(m *Moment) bool { return m.Is(kind, status) })
}

// LastStatus is the newest status of that kind in a round; empty: none.
func (h History) LastStatus(round int, kind MomentKind) string {
	return h.lastStatus(round, func(m *Moment) bool { return m.Kind == kind })
}

// lastStatus is the status of the newest moment of a round that satisfies is.
func (h History) lastStatus(round int, is func(*Moment) bool) string {
	if m := h.Last(round, is); m != nil {
		return m.Status
	}
	return ""
}

// LastStep is the step that the newest turn is about; empty: none.
func (h History) LastStep() ID {
	for _, m := range slices.Backward(h) {
		if m.Kind == MomentStep {
			return m.Step()
		}
	}
	return ""
}

// StepDone reports whether a step was done in a round.
func (h History) StepDone(round int, id ID) bool {
	return h.Has(round, func(m *Moment) bool { return m.Turned(id, TurnDone) })
}

// LastAnswer is the option that a question was answered with last in a round;
// empty: it was not.
func (h History) LastAnswer(round int, question QuestionID) string {
	return h.lastStatus(round, func(m *Moment) bool { return m.Answers(question) })
}

// Identified fills in what a moment of an older journal says in words only. The
// requests that the journal had announced before it, the latest last, are those
// that it can be about.
func (m Moment) Identified(announced []Effect) Moment {
	switch {
	case m.Verb != "":
	case m.Kind == MomentEffect:
		for _, e := range slices.Backward(append([]Effect{{Do: DoCheck, Round: m.Round}}, announced...)) {
			if e.String() == m.Object {
				typed := momentOf(e, m.Status)
				m.ID, m.Verb, m.Name, m.Of = typed.ID, typed.Verb, typed.Name, typed.Of
				break
			}
		}
	case m.Kind == MomentApp:
		for _, x := range formerTurns {
			if side, ok := strings.CutPrefix(m.Status, x.began); ok {
				m.Verb = x.verb
				if x.sided {
					m.Side = Side(side)
				}
				break
			}
		}
	}
	return m
}

// formerTurns are the words by which older journals tell what was done to an
// application. They do not change any more.
var formerTurns = []struct {
	began string
	verb  Verb
	sided bool
}{
	{AppStopped, DoStopApp, false},
	{AppStarted, DoStartApp, false},
	{"bound to the ", DoBind, true},
	{"unbound from the ", DoUnbind, true},
	{"task ", DoCancelTask, false},
}
