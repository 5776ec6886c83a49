package steps

import (
	"fmt"
	"slices"
	"strings"
)

// takenBy says which other migration of this machine an instance takes part in, or has
// taken part in; empty: none that is known here.
func (s *State) takenBy(i Instance) string {
	w := s.Choices.Where
	for _, m := range s.Facts.Others {
		if w == nil || !m.Begun || m.API != w.API || m.Org != w.Org.Name || m.Space != w.Space.Name {
			continue
		}
		backedOut := m.Ended != nil && m.Ended.How != EndCompleted // the source is as before
		switch {
		case !backedOut && isSame(i, m.SourceGUID, m.Source):
			return fmt.Sprintf("already the source of a migration to %s (%s)", m.Target, m.who())
		case isSame(i, m.TargetGUID, m.Target), slices.ContainsFunc(m.UsedTargets, func(r Ref) bool { return r.GUID == i.GUID }):
			return fmt.Sprintf("already the target of a migration of %s (%s)", m.Source, m.who())
		}
	}
	return ""
}

// wasInUse says that applications of others were bound to an instance when it was chosen;
// empty: it is not known. How that is now is looked at when it is chosen again.
func (s *State) wasInUse(i Instance) string {
	if slices.ContainsFunc(s.inUse, func(r Ref) bool { return r.GUID == i.GUID }) {
		return "was in use: others were bound to it"
	}
	return ""
}

func isSame(i Instance, guid, name string) bool {
	if guid == "" {
		return name != "" && i.Name == name
	}
	return i.GUID == guid
}

// who says by whom a migration was led, when it was seen last, and whether it goes on.
func (m JournalSummary) who() string {
	says := m.At.Format(dayAndTime)
	if m.By != "" {
		says = m.By + ", " + says
	}
	switch {
	case m.Ended == nil:
		return says + ", open"
	case m.Ended.How == EndCompleted:
		return says + ", complete"
	}
	return says + ", ended"
}

// othersOnTarget are the applications that are bound to the target, and that this migration has
// not brought there: it is somebody's database already. One that is stopped does not use it:
// it may wait there for COMPLETED, and is named as what it is.
func (s *State) othersOnTarget() []App {
	return slices.DeleteFunc(slices.Clone(s.Facts.Apps), func(a App) bool { return a.Target == nil || a.Gone || a.State == Stopped || s.memoryOf(a.GUID) != nil })
}

// taken says of which use by others it is known that source or target are in; empty: of
// none, or a person has said to go on. Once the service has a replication of the two it is
// this migration that they are in use by.
func (s *State) taken() (says []string) {
	if s.begun() || s.Choices.Taken != nil {
		return nil
	}
	for _, x := range s.endpoints() {
		if i := s.instance(x.instance); i != nil {
			if by := s.takenBy(*i); by != "" {
				says = append(says, i.Name+" is "+by)
			}
		}
	}
	if apps := s.othersOnTarget(); len(apps) > 0 {
		are := "is"
		if len(apps) > 1 {
			are = "are"
		}
		says = append(says, fmt.Sprintf("%s is in use: %s %s bound to it", s.Choices.Target.Name, listNames(apps, func(a App) string { return a.Name }), are))
	}
	return says
}

// askTaken asks about databases that others use; nil: nobody does, as far as it was seen.
// It comes before anything is made for the migration.
func (s *State) askTaken() *Question {
	says := s.taken()
	if len(says) == 0 {
		return nil
	}
	source, target := s.Choices.Source.Name, s.Choices.Target.Name
	return &Question{
		ID: QuestionTaken, Tone: Bad, Recommended: OptionDatabases,
		Title: strings.Join(says, "; ") + ".",
		Why:   "A source takes part in one migration, and a target has to be new and empty: a replication would mix its data with what is there, or stop at it. If this is a colleague's migration, choose the keys that it uses; if it is an open one of yours, go on with that.",
		Options: []Option{
			{ID: OptionDatabases, Label: "Choose other databases", Consequence: "nothing is changed"},
			{ID: OptionLook, Label: "Look again", Consequence: "after you have unbound what does not belong there"},
			{
				ID: OptionAnyway, Label: fmt.Sprintf("Use %s and %s all the same", source, target), Undo: UndoWork, Typed: "use " + target, Object: target,
				Consequence: "what the target holds may be lost; your name goes into the record",
			},
		},
	}
}

// decideTaken takes in an answer to askTaken; it reports whether it was one.
func (s *State) decideTaken(a Answer) bool {
	switch {
	case a.Question != QuestionTaken:
		return false
	case a.Option == OptionDatabases:
		if len(s.othersOnTarget()) > 0 { // not to be offered as if nothing were known of it
			s.inUse = append(slices.Clone(s.inUse), *s.Choices.Target)
		}
		databasesStep{}.decide(s, Answer{Option: OptionAgain})
	case a.Option == OptionLook:
		s.invalidate(ObserveApps, ObserveMigrations)
	case a.Option == OptionAnyway:
		s.record(Moment{Kind: MomentAcceptance, ID: "taken", Object: strings.Join(s.taken(), "; "), Status: accepted, By: s.Facts.Session.User})
		s.Choices.Taken = s.consent()
	}
	return true
}
