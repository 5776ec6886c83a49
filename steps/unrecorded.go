package steps

import "fmt"

// WithoutRecord begins to observe a migration whose record is not here, by the choices
// that are known otherwise and the names of its service keys; where those are not known,
// the wizard's own are looked for. Only a machine that changes nothing may be given it:
// nobody has decided these choices.
type WithoutRecord struct {
	Choices              Choices
	SourceKey, TargetKey string // names; empty: not known
	Source, Target       string // names of the instances that the choices do not have yet
}

// lookedAt is what a machine that only observes was told.
type lookedAt struct {
	sourceKey, targetKey string
	source, target       string
	recorded             bool // its record was found after all
}

// Unrecorded reports whether the record of this migration is not here: then who
// decided what, and how the applications were, is not known.
func (s State) Unrecorded() bool { return s.looking != nil && !s.looking.recorded }

func (e WithoutRecord) happen(s *State) []Effect {
	s.resume(Resumed{Choices: e.Choices})
	s.looking = &lookedAt{sourceKey: e.SourceKey, targetKey: e.TargetKey, source: e.Source, target: e.Target}
	return nil
}

// askNotThere is the question where a database that was named is not in the space: whoever
// only looks is offered no other one. nil: it is there, or none was named.
func (s *State) askNotThere() *Question {
	if s.looking == nil {
		return nil
	}
	missing := func(name string) bool { return name != "" && s.named(name) == nil }
	source, target := s.looking.source, s.looking.target
	q := &Question{Tone: Warn, Options: []Option{{ID: OptionLook, Label: "Look again", Consequence: "reads the list anew"}}}
	switch {
	case s.Choices.Source == nil && missing(source):
		q.ID, q.Title = QuestionSource, source+" is not in this space, as far as this login can see."
		q.Why = "At the end of a migration the source is deleted. Whether that has happened here is known where its record is."
		if target != "" && !missing(target) {
			q.Why = target + " is there. " + q.Why
		}
	case s.Choices.Source != nil && s.Choices.Target == nil && missing(target):
		q.ID, q.Title = QuestionTarget, target+" is not in this space, as far as this login can see."
		q.Why = source + " is there. A migration between the two cannot be looked at."
	default:
		return nil
	}
	return q
}

// settleKeys chooses the keys that were named and are there: without them the service
// cannot be asked.
func settleKeys(s *State) {
	if s.looking == nil {
		return
	}
	named := [2]string{s.looking.sourceKey, s.looking.targetKey}
	for i, x := range s.endpoints() {
		names := []string{NewKeyName, NewGCPKeyName}
		if named[i] != "" {
			names = named[i : i+1]
		}
		for _, name := range names {
			if *x.choice == nil && keyNamed(*x.keys, name) != nil {
				*x.choice = &KeyChoice{Name: name}
			}
		}
	}
}

// Nameable reports whether the service can be asked about the migration: all six names
// are known, and the keys were not seen to be gone.
func Nameable(s State) bool { return s.Names().Complete() && s.nameable() }

// NotKnown lists what is not known: what cannot be seen at the moment and, where the
// record is not here, what no look tells.
func NotKnown(s State) []string {
	if !s.Unrecorded() {
		return s.notSeen()
	}
	list := []string{"This machine has no record of it: who decided what, what was accepted or waived, and how the applications were before is not known here."}
	if s.fresh(ObserveSourceKeys, ObserveTargetKeys) && !Nameable(s) {
		list = append(list, "The service was not asked: it takes a service key of each side, and neither those that the plan names nor the wizard's own are all there. If others are in use, name them in the plan.")
	}
	return list
}

// serviceAsked reports whether the service has said how the migration stands.
func (s *State) serviceAsked() bool { return s.Facts.Replication.Known && s.Facts.Finalization.Known }

// OnService reports whether the service knows of the migration.
func OnService(s State) bool { return s.replicating() }

// backOutUnrecorded is the back-out card where it is not known how the applications
// were: those are left as they are.
func backOutUnrecorded(s *State, card Card) Card {
	switch {
	case !s.serviceAsked():
		return Card{Outcome: "not known", Why: "It is not known what there is to take back: the service was not asked."}
	case !card.Possible || !s.replicating():
		return card
	}
	card.Outcome = "the migration is removed from the service, " + s.keptOr("nothing lost") + "; applications stay as they are"
	if s.completed() {
		card.Lost = true
		card.Outcome = "the migration is removed from the service; what was written to the target since COMPLETED is not on the source"
	}
	card.Cannot = append(card.Cannot, "Applications that this migration has stopped or brought to the target: which, and how they were, is known where its record is. Go back from there.")
	return card
}

// standingUnrecorded says where the applications are, as it is seen.
func standingUnrecorded(s *State) string {
	if !s.looked(ObserveApps) {
		return "Where the applications are was not seen."
	}
	source, stopped, target := 0, 0, 0
	for _, a := range s.Facts.Apps {
		if a.Source != nil && !a.Gone {
			if source++; a.State == Stopped {
				stopped++
			}
		}
		if a.Target != nil && !a.Gone {
			target++
		}
	}
	says := fmt.Sprintf("Seen now: %d bound to SOURCE (%d of them stopped), %d bound to TARGET.", source, stopped, target)
	switch {
	case s.completed():
		return says + " The finalization is COMPLETED: the target is the database."
	case !s.serviceAsked():
		return says + " Which of the two is the database is not known: the service was not asked."
	}
	return says + " Before COMPLETED the source is the database" + s.unlessAlarmed(", and nothing is lost.")
}
