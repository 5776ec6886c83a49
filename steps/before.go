package steps

import (
	"fmt"
	"slices"
	"time"
)

// Before is how an application that is stopped was before the migration: as it was seen
// when this record began the replication, or as a person says. Nothing else tells: what
// another machine has stopped looks the same as what was stopped all along.
type Before struct {
	Ref
	State string    `json:"state"`
	At    time.Time `json:"at"`
	By    string    `json:"by,omitempty"` // who says so; empty: it was seen
}

// adopted reports whether the service has a replication or a finalization that this
// record has not begun: whoever has, may have touched the applications, too.
func (s *State) adopted() bool {
	for _, p := range []*process{replication, finalization} {
		there := p.progress(s).Exists || s.History.Has(s.Choices.Round, func(m *Moment) bool { return m.Kind == p.moment })
		if there && p.found(s) {
			return true
		}
	}
	return false
}

// Adopted reports whether this migration goes on with what somebody else has begun on
// the service, or this machine itself in a record that is lost.
func Adopted(s State) bool { return s.adopted() }

// unsureApps lists the applications that are stopped and of which it is not known
// whether they ran before: this record has not stopped them, and has not seen them
// stopped before it began. With a migration of somebody else's they may be on the target
// already.
func (s *State) unsureApps() []App {
	if !s.begun() {
		return nil
	}
	var list []App
	for _, a := range s.Facts.Apps {
		mine := a.Source != nil || a.Target != nil && s.adopted()
		if mine && !a.Gone && a.State == Stopped && s.memoryOf(a.GUID) == nil && s.before(a.GUID) == nil {
			list = append(list, a)
		}
	}
	return list
}

// Unsure lists those applications.
func Unsure(s State) []App { return s.unsureApps() }

func (s *State) before(guid string) *Before {
	return find(s.Choices.Before, func(b Before) bool { return b.GUID == guid })
}

// noteStopped keeps which applications were stopped when the replication was begun.
func (s *State) noteStopped() {
	s.Choices.Before = slices.DeleteFunc(slices.Clone(s.Choices.Before), func(b Before) bool { return b.By == "" })
	for _, a := range s.users() {
		if a.State == Stopped && s.before(a.GUID) == nil {
			s.Choices.Before = append(s.Choices.Before, Before{Ref: a.Ref, State: Stopped, At: s.Seen[ObserveApps].At})
		}
	}
}

// forgetStarted drops what was seen of applications that run by now: who stops them next
// may be somebody else.
func (s *State) forgetStarted() {
	s.Choices.Before = slices.DeleteFunc(slices.Clone(s.Choices.Before), func(b Before) bool {
		a := s.app(b.GUID)
		return a != nil && a.Running()
	})
}

// askBefore asks which of the applications ran that are stopped for a reason that is not
// known here. It has no answer that is taken by saying nothing; nil: none is in doubt.
func (s *State) askBefore() *Question {
	apps := s.unsureApps()
	if len(apps) == 0 {
		return nil
	}
	names := listNames(apps, func(a App) string { return a.Name })
	q := &Question{
		ID: QuestionApplications, Tone: Warn, Title: fmt.Sprintf("Did %s run before the migration?", names),
		Why: "It is stopped, and this record has not stopped it: a colleague, another machine or a record that is lost may have, for this migration. What ran is started in the end; what did not stays stopped.",
		Options: []Option{
			{ID: OptionAllRan, Label: "It ran", Consequence: "it is started with the others when the migration brings them back"},
			{ID: OptionNoneRan, Label: "It did not run", Consequence: "it stays stopped"},
		},
	}
	if len(apps) > 1 {
		q.Title = fmt.Sprintf("Which of %s ran before the migration?", names)
		q.Why = "They are stopped, and this record has not stopped them: a colleague, another machine or a record that is lost may have, for this migration. What ran is started in the end; what did not stays stopped."
		q.Options[0].Label, q.Options[0].Consequence = "All of them ran", "all are started with the others when the migration brings them back"
		q.Options[1].Label, q.Options[1].Consequence = "None of them ran", "all stay stopped"
		q.Options = slices.Insert(q.Options, 1, Option{
			ID: OptionSomeRan, Label: "Some of them ran…", Consequence: "those are started; the others stay stopped",
			Fields: []Field{pick("ran", "Which ran", apps, func(a App) Choice { return Choice{ID: a.GUID, Label: a.Name} })},
		})
	}
	q.Why += s.whoStopped(apps)
	q.Options = append(q.Options, Option{ID: OptionLook, Label: "Look again", Consequence: "after you have asked, or started what ran"})
	return q
}

// decideBefore takes the answer to that in.
func (s *State) decideBefore(a Answer) {
	if a.Option == OptionLook {
		s.invalidate(ObserveApps)
		return
	}
	before := slices.Clone(s.Choices.Before)
	for _, app := range s.unsureApps() {
		b := Before{Ref: app.Ref, State: Stopped, At: s.At, By: s.Facts.Session.User}
		if a.Option == OptionAllRan || a.Option == OptionSomeRan && slices.Contains(a.Values["ran"], app.GUID) {
			b.State = Started
		}
		before = append(before, b)
		s.record(Moment{Kind: MomentBefore, ID: app.GUID, Object: app.Name, Status: b.State, By: b.By})
	}
	s.Choices.Before = before
	s.rememberBefore()
}

// rememberBefore puts what a person says about applications into the memory, so that the
// way on and the way back know them.
func (s *State) rememberBefore() {
	memory := slices.Clone(s.Choices.Memory)
	for _, a := range s.Facts.Apps {
		if b := s.before(a.GUID); b != nil && b.By != "" && !a.Gone && a.State == Stopped && s.memoryOf(a.GUID) == nil {
			memory = append(memory, s.memorized(a))
		}
	}
	s.Choices.Memory = memory
}

// memorized is what is kept of an application: as it is or, where somebody knows better,
// as it was.
func (s *State) memorized(a App) AppMemory {
	m := memoryFrom(a)
	if b := s.before(a.GUID); b != nil && a.State == Stopped {
		m.State = b.State
	}
	if side := s.boundTo(a); side.onTarget() { // before COMPLETED: no migration has bound it there
		m.Side = side
	}
	return m
}
