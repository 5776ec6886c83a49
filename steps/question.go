package steps

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Question is what the person is to decide: one value for the full-screen
// program, for plain lines and for a plan file.
type Question struct {
	ID      QuestionID
	Kind    QuestionKind
	Step    ID
	Title   string
	Why     string
	Tone    Tone
	Options []Option
	// Recommended is advice: the option that is right in most cases. Empty when there
	// is none to give. Where the person begins is another matter, see Start.
	Recommended string
	// Unattended is what a demonstration takes where Recommended is empty, or asks for
	// a person; empty: what is recommended.
	Unattended string
	// Search says that the options are a long list, worth a search field.
	Search bool
	// Copy is a text worth having in the clipboard; empty for none.
	Copy string
	More More
}

// QuestionKind says what a question stands for, where nobody can be asked.
type QuestionKind string

// Kinds of questions.
const (
	KindChoice        QuestionKind = ""               // the person decides what comes next
	KindWaiting       QuestionKind = "waiting"        // something is under way
	KindFailed        QuestionKind = "failed"         // requests have failed
	KindNoRight       QuestionKind = "no right"       // a login, a place or a right is missing
	KindBlocked       QuestionKind = "blocked"        // critical findings stand in the way
	KindServiceFailed QuestionKind = "service failed" // the migration service says FAILED
)

// Waiting reports whether something is under way and the question is only about
// staying.
func (q *Question) Waiting() bool { return q.Kind == KindWaiting }

// More says where there is more about something than is said of it. Each user
// interface names its own way there.
type More string

// Where there is more.
const (
	MoreNone     More = ""
	MoreCommands More = "commands" // the command lines of the step
	MoreRequests More = "requests" // the log of requests
)

// Undo says whether a decision can be taken back.
type Undo string

// The three answers to "and if I change my mind?".
const (
	UndoFree  Undo = ""          // nothing happens yet, or it can simply be undone
	UndoWork  Undo = "with work" // can be undone, at a price that the consequence names
	UndoNever Undo = "never"
)

// Option is one way to answer.
type Option struct {
	ID          string
	Label       string
	Consequence string
	Undo        Undo
	Typed       string // must be typed, letter by letter, to take this option: the act, and what it is done to
	Object      string // the name in Typed by itself, which is the word of a command line
	Blocked     string // why it cannot be taken now; empty when it can
	Fields      []Field
	Wait        bool   // nothing is done: stay and watch
	Then        string // what the person can do once it was chosen, where nothing is done

	BeginsDowntime bool    // applications go down with it
	Waives         bool    // something that can write is let be
	Deletes        bool    // something is deleted, now or by the questions that follow
	KeptBefore     bool    // deletes what the person has once kept on purpose
	Setting        Setting // takes away the obstacle; empty where none does
}

// grave reports whether an option is one that nobody may come to by a reflex: it cannot be
// undone, takes a typed word, begins a downtime, waives or deletes.
func (o Option) grave() bool {
	return o.Irreversible() || o.Typed != "" || o.BeginsDowntime || o.Waives || o.Deletes || o.KeptBefore
}

// Start is the option that is under the cursor when the question comes: the one that is
// recommended, unless a reflex must not take it; then the first one that a reflex may.
// Empty: none, the person moves to one first.
func (q *Question) Start() string {
	harmless := func(o Option) bool { return o.Blocked == "" && !o.grave() }
	o, ok := q.Option(q.Recommended)
	switch {
	case !ok:
		return ""
	case harmless(o):
		return o.ID
	}
	if first := find(q.Options, harmless); first != nil {
		return first.ID
	}
	return ""
}

// Reason says why an answer needs a consent of its own where nobody reads what it does.
type Reason string

// Reasons.
const (
	ReasonIrreversible Reason = "irreversible"
	ReasonDowntime     Reason = "downtime"
	ReasonKept         Reason = "kept"
)

// NeedsConsent reports whether an answer needs a consent of its own, and why. An option
// that the question does not have counts as irreversible.
func (q *Question) NeedsConsent(a Answer) (Reason, bool) {
	o, ok := q.Option(a.Option)
	switch {
	case !ok || o.Irreversible():
		return ReasonIrreversible, true
	case o.KeptBefore:
		return ReasonKept, true
	case o.BeginsDowntime:
		return ReasonDowntime, true
	}
	return "", false
}

// Irreversible reports whether the option cannot be undone.
func (o Option) Irreversible() bool { return o.Undo == UndoNever }

// FieldKind says what is put into a field.
type FieldKind string

// Kinds of fields.
const (
	FieldText   FieldKind = "text"
	FieldSecret FieldKind = "secret" // never part of an Answer: handed to the engine beside it
	FieldOne    FieldKind = "one"
	FieldMany   FieldKind = "many"
)

// Field is something to fill in with an option.
type Field struct {
	ID       string
	Label    string
	Help     string
	Kind     FieldKind
	Default  string // never of a FieldMany: nothing is picked there from the start
	Optional bool
	Number   bool // a whole number that is not negative
	Choices  []Choice
}

// Choice is one entry of a FieldOne or a FieldMany.
type Choice struct {
	ID, Label, Note string
}

// Answer is what the person decided on a question. Secrets are not in it.
type Answer struct {
	Question QuestionID          `json:"question"`
	Option   string              `json:"option"`
	Typed    string              `json:"typed,omitempty"`
	Values   map[string][]string `json:"values,omitempty"`
}

// Value returns the first value of a field.
func (a Answer) Value(field string) string {
	if v := a.Values[field]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// number returns the value of a number field; zero when it was left empty.
func (a Answer) number(field string) int {
	n, err := strconv.ParseUint(strings.TrimSpace(a.Value(field)), 10, 31)
	if err != nil {
		return 0
	}
	return int(n)
}

// BadAnswerError says why an answer cannot be taken. Nothing was changed.
type BadAnswerError struct {
	Field  string // empty for the answer as a whole
	Reason string
}

func (e *BadAnswerError) Error() string { return e.Reason }

// Option returns the option with that identity.
func (q *Question) Option(id string) (Option, bool) {
	if o := find(q.Options, func(o Option) bool { return o.ID == id }); o != nil {
		return *o, true
	}
	return Option{}, false
}

// Check reports whether the answer fits the question.
func (q *Question) Check(a Answer) error {
	if a.Question != q.ID {
		return &BadAnswerError{Reason: "The situation has changed since that was asked. Please look again."}
	}
	o, ok := q.Option(a.Option)
	switch {
	case !ok:
		return &BadAnswerError{Reason: fmt.Sprintf("There is no choice %q here.", a.Option)}
	case o.Blocked != "":
		return &BadAnswerError{Reason: "Not possible now: " + o.Blocked}
	case o.Typed != "" && a.Typed != o.Typed:
		return &BadAnswerError{Reason: fmt.Sprintf("To confirm, type %q exactly. Nothing was done.", o.Typed)}
	}
	for _, f := range o.Fields {
		if err := f.check(a); err != nil {
			return err
		}
	}
	return nil
}

func (f Field) check(a Answer) error {
	if f.Kind == FieldSecret {
		return nil // checked by the engine, which alone sees it
	}
	values := a.Values[f.ID]
	if f.Kind == FieldText && len(values) == 1 && strings.TrimSpace(values[0]) == "" || len(values) == 0 {
		if f.Optional {
			return nil
		}
		if f.Kind == FieldMany {
			return &BadAnswerError{Field: f.ID, Reason: f.Label + ": choose at least one."}
		}
		return &BadAnswerError{Field: f.ID, Reason: f.Label + " must not be empty."}
	}
	if f.Kind != FieldMany && len(values) > 1 {
		return &BadAnswerError{Field: f.ID, Reason: f.Label + " takes one value."}
	}
	if f.Kind == FieldText {
		if _, err := strconv.ParseUint(strings.TrimSpace(values[0]), 10, 31); f.Number && err != nil {
			return &BadAnswerError{Field: f.ID, Reason: fmt.Sprintf("%s takes a whole number, not %q.", f.Label, values[0])}
		}
		return nil
	}
	for _, v := range values {
		if !slices.ContainsFunc(f.Choices, func(c Choice) bool { return c.ID == v }) {
			return &BadAnswerError{Field: f.ID, Reason: fmt.Sprintf("%s: there is no %q to choose.", f.Label, v)}
		}
	}
	return nil
}

// Default returns the answer that takes an option as it stands: typed text
// typed, fields at their defaults. It is how an unattended run answers.
func (q *Question) Default(option string) (Answer, bool) {
	o, ok := q.Option(option)
	if !ok || o.Blocked != "" {
		return Answer{}, false
	}
	a := Answer{Question: q.ID, Option: o.ID, Typed: o.Typed, Values: map[string][]string{}}
	for _, f := range o.Fields {
		if f.Default != "" {
			a.Values[f.ID] = []string{f.Default}
		}
	}
	return a, true
}

// Complete is Default with what has no default filled in: all entries of a list, the
// first of those of which one is to be picked, and the given text. It is how a demonstration answers; for a real landscape
// only a person, or a plan, can know.
func (q *Question) Complete(option, text string) (Answer, bool) {
	a, ok := q.Default(option)
	if !ok {
		return a, false
	}
	o, _ := q.Option(option)
	for _, f := range o.Fields {
		switch {
		case f.Optional || len(a.Values[f.ID]) > 0:
		case f.Kind == FieldMany:
			for _, c := range f.Choices {
				a.Values[f.ID] = append(a.Values[f.ID], c.ID)
			}
		case f.Kind == FieldOne && len(f.Choices) > 0:
			a.Values[f.ID] = []string{f.Choices[0].ID}
		case f.Kind == FieldText:
			a.Values[f.ID] = []string{text}
		}
	}
	return a, true
}

// Alone returns the option that a demonstration takes; empty for none.
func (q *Question) Alone() string { return cmp.Or(q.Unattended, q.Recommended) }

// Ask returns what the person is to decide now; nil while there is nothing to
// decide because the wizard is still looking.
func Ask(s State) *Question { return ask(&s) }

func ask(s *State) *Question {
	if s.Choices.Ended != nil {
		return nil
	}
	id := current(s)
	if q := s.askLead(); q != nil && s.signedIn() {
		q.Step = id
		return q
	}
	if q := s.askAdopted(id); q != nil {
		q.Step = id
		return q
	}
	if q := askRetry(s, id); q != nil {
		return q
	}
	q := askDeferred(s, id)
	if q == nil {
		q = stepOf(id).ask(s)
	}
	if q != nil && s.late() && (q.Waiting() || q.ID == QuestionFinalize || q.ID == QuestionStopWriters) {
		q = askLate(s)
	}
	if q != nil {
		q.Step = id
		s.offerPrepared(q)
	}
	return q
}

// Revise returns what can still be changed about a step that is done; nil when
// nothing can.
func Revise(s State, id ID) *Question { return revise(&s, id) }

func revise(s *State, id ID) *Question {
	d := stepOf(id)
	if s.Choices.Ended != nil || id == current(s) || !d.done(s) || s.busy() || s.begun() {
		return nil
	}
	q := d.revise(s)
	if q != nil {
		q.Step = id
	}
	return q
}

func (s *State) busy() bool {
	for _, w := range s.Work {
		if w.Status == InFlight || w.Status == Unclear {
			return true
		}
	}
	return false
}

// pick is a field to choose several of a list with.
func pick[T any](id, label string, list []T, choice func(T) Choice) Field {
	f := Field{ID: id, Label: label, Kind: FieldMany}
	for _, x := range list {
		f.Choices = append(f.Choices, choice(x))
	}
	return f
}

// pickSome restricts an option to some of a list.
func pickSome[T any](list []T, choice func(T) Choice) []Field {
	f := pick("which", "Only these", list, choice)
	f.Optional, f.Help = true, "none picked: all of them"
	return []Field{f}
}

// askRetry is the question after something failed.
func askRetry(s *State, id ID) *Question {
	failed := s.failed(id)
	if len(failed) == 0 || s.busy() {
		return nil
	}
	sortWork(failed)
	q := &Question{
		ID: FailedQuestion(id), Kind: KindFailed, Step: id, Tone: Bad, Recommended: OptionRetry,
		Title:   Explain(failed[0]).What,
		Options: []Option{{ID: OptionRetry, Label: "Try again", Consequence: "looks first, then repeats only what is missing"}},
	}
	if slices.ContainsFunc(failed, func(w Work) bool { return w.Problem.Kind == ProblemForbidden }) {
		q.Kind = KindNoRight
	}
	if len(failed) > 1 {
		q.Title = fmt.Sprintf("%d requests failed.", len(failed))
		q.Options[0].Label = fmt.Sprintf("Try these %d again", len(failed))
		q.Options[0].Fields = pickSome(failed, func(w Work) Choice { return Choice{w.Effect.ID(), w.Effect.String(), w.Problem.Says} })
	}
	q.Options = append(q.Options, s.goOnOptions(id)...)
	return s.orBack(q)
}

func sortWork(w []Work) {
	sort.Slice(w, func(i, j int) bool {
		if !w[i].At.Equal(w[j].At) {
			return w[i].At.Before(w[j].At)
		}
		return w[i].Effect.ID() < w[j].Effect.ID()
	})
}
