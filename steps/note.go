package steps

import (
	"fmt"
	"time"
)

// Note is what a migration keeps on its target, as metadata, so that it can be taken over
// from any machine: its record, and who leads it from where. No secret is in it.
type Note struct {
	ID             string // of the migration
	API            string
	Org, Space     string
	Source, Target Ref
	Lead           Lead
	Mine           bool      // it is this machine that leads
	Step           ID        // that the migration stood at
	Status         string    // what the service said last of the replication, or of the finalization
	Down           time.Time // since when applications are down; zero: they are not
	At             time.Time // when it was written last
	Damage         string    // why its record cannot be read; empty: it can
}

// Lead is who leads a migration, and from where.
type Lead struct {
	User    string
	Machine string
	Since   time.Time
	Alive   time.Time // last sign of life
}

// String names the one who leads.
func (l Lead) String() string {
	if l.Machine == "" {
		return l.User
	}
	return l.User + " on " + l.Machine
}

// Followed is the record of a migration as its note has it.
type Followed struct {
	Choices  Choices
	Did      map[string]time.Time
	History  History
	Dangling []Work
}

// SawNote is a look at the note on the target.
type SawNote struct {
	Observation
	Target string // GUID of the instance that was looked at
	Note   *Note  // nil: there is none
	Gone   bool   // this machine has written one, and it is not there any more
	// Followed is the record, where another machine leads this migration; nil: it is as it
	// was at the last look.
	Followed *Followed
}

// SawNotes are the notes that can be seen with the login, in all spaces.
type SawNotes struct {
	Observation
	Notes []Note
}

func (e SawNotes) happen(s *State) []Effect {
	return s.take(ObserveNotes, e.Observation, func() { s.Facts.Notes = e.Notes })
}

func (e SawNote) happen(s *State) []Effect {
	if s.Choices.Target == nil || s.Choices.Target.GUID != e.Target {
		return nil
	}
	return s.take(ObserveNote, e.Observation, func() {
		s.Facts.Note, s.Facts.NoteGone, s.doubtLead = e.Note, e.Gone, false
		if e.Followed != nil && e.Note != nil && !e.Note.Mine {
			s.follow(*e.Followed)
		}
	})
}

// follow takes over what another machine has decided and done. What was seen stays: the
// landscape is the same. Nothing is sent, so nothing is under way.
func (s *State) follow(f Followed) {
	names := s.Names()
	s.Choices = f.Choices
	s.Choices.Round = max(1, s.Choices.Round)
	s.Did, s.History = f.Did, f.History
	s.Work, s.resumed = map[string]Work{}, ""
	if s.looking != nil {
		looking := *s.looking
		looking.recorded = true
		s.looking = &looking
	}
	if s.Names() != names { // a new target, or other keys
		s.Facts.Replication, s.Facts.Finalization = Progress{}, Progress{}
		s.invalidate(ObserveReplication, ObserveFinalization, ObserveSourceKeys, ObserveTargetKeys)
	}
}

// NoteWanted reports whether a change is due that only a machine may make that leads by
// the note: from the replication on, until the end.
func NoteWanted(s State, e Effect) bool {
	return e.Changes() && s.Choices.Target != nil && s.Choices.Ended == nil && (e.Do == DoCreateReplication || s.begun())
}

// NoteKept reports whether the note is to be on the target now, and up to date: since the
// first change that wanted it, until the end.
func NoteKept(s State) bool {
	return s.Facts.Session.SignedIn && s.Facts.Note != nil && s.Facts.Note.Mine && s.Choices.Target != nil && s.Choices.Ended == nil
}

// Follows reports whether another machine leads, or has led: then nothing is changed from
// here before somebody takes over.
func Follows(s State) bool { return s.follows() }

func (s *State) follows() bool {
	n := s.Facts.Note
	return s.Choices.Target != nil && (s.Facts.NoteGone || n != nil && !n.Mine)
}

// noteLooks are the looks that show whether this machine still leads.
func (s *State) noteLooks() []Look {
	if s.Choices.Target == nil || s.Choices.Ended != nil {
		return nil
	}
	every := paceIdle
	if s.downtime() {
		every = paceDowntime
	}
	return []Look{{ObserveNote, every}}
}

// askLead is the question while another machine leads; nil: none does.
func (s *State) askLead() *Question {
	if !s.follows() || s.Unrecorded() {
		return nil
	}
	n := s.Facts.Note
	watch := Option{ID: OptionWait, Label: "Watch", Consequence: "looks only, and follows what is done there", Wait: true}
	take := Option{ID: OptionTakeOver, Label: "Take over, and lead from here…", Undo: UndoWork}
	q := &Question{ID: QuestionLead, Tone: Warn}
	if n == nil {
		take.Object = s.Choices.Source.nameOr("")
		q.Title = "The hand-over note of this migration is gone from " + s.Choices.Target.Name + "."
		q.Why = "It is taken away at the end of a migration: somebody may have taken over, and ended it. Look where databases and applications stand before you go on."
		take.Label, take.Consequence = "Go on from here all the same…", "writes a new note; make sure that nobody else leads"
	} else {
		take.Object = n.Source.Name
		q.Title = n.Lead.String() + " leads this migration."
		q.Why = fmt.Sprintf("Last sign of life %s, leading since %s.", clockTime(n.Lead.Alive, s.At), clockTime(n.Lead.Since, s.At))
		if !n.Down.IsZero() {
			q.Why += " Applications are down since " + clockTime(n.Down, s.At) + "."
		}
		q.Why += " Two must not lead at once: agree with them first."
		take.Consequence = "that machine becomes a watcher at its next look; everything goes on from here, exactly as it stands"
		if n.Damage != "" {
			take.Blocked = "its record cannot be read: " + n.Damage
		}
		if s.foreign(n) {
			watch = Option{ID: OptionFollow, Label: "Watch it", Consequence: "reads its record; nothing is changed", Blocked: take.Blocked}
			q.Title = fmt.Sprintf("%s leads a migration from %s to %s already.", n.Lead, n.Source.Name, n.Target.Name)
		}
	}
	take.Typed = "take over " + take.Object
	q.Options = []Option{watch, take}
	if n != nil && s.foreign(n) && !s.begun() {
		q.Options = append(q.Options, Option{ID: OptionDatabases, Label: "Choose other databases", Consequence: "nothing is changed"})
	}
	q.Options = append(q.Options, Option{ID: OptionLook, Label: "Look again"})
	return q
}

// foreign reports whether a note is of a migration that this record does not have.
func (s *State) foreign(n *Note) bool { return n.ID != "" && n.ID != s.id }

// decideLead takes in the answer to askLead.
func (s *State) decideLead(a Answer) {
	switch a.Option {
	case OptionLook:
		s.invalidate(ObserveNote)
	case OptionDatabases:
		s.Facts.Note = nil
		databasesStep{}.decide(s, Answer{Option: OptionAgain})
	}
}

// leadEffects are what an answer to askLead asks for.
func (s *State) leadEffects(a Answer) []Effect {
	e := Effect{Round: s.Choices.Round}
	if s.Choices.Target != nil {
		e.Instance = *s.Choices.Target
	}
	if n := s.Facts.Note; n != nil {
		e.Migration = n.ID
	}
	switch a.Option {
	case OptionTakeOver:
		e.Do = DoTakeOver
	case OptionFollow:
		e.Do = DoFollow
	default:
		return nil
	}
	return []Effect{e}
}

// noteItems show who leads.
func (s *State) noteItems() []Item {
	n := s.Facts.Note
	if n == nil || n.Mine || s.Unrecorded() {
		return nil
	}
	return []Item{toned(Warn, "%s leads since %s, last sign of life %s. This machine watches.", n.Lead, clockTime(n.Lead.Since, s.At), clockTime(n.Lead.Alive, s.At))}
}

// NoteWritten says that the note was written, or may not be this machine's any more: it is
// looked at.
type NoteWritten struct{}

func (NoteWritten) happen(s *State) []Effect {
	s.invalidate(ObserveNote)
	return nil
}
