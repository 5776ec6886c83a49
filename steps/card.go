package steps

import (
	"fmt"
	"slices"
	"time"
)

// Card is the back-out card: where the applications end if the person turns back
// now, what that costs, and what will be done for it, in order.
type Card struct {
	Possible bool
	Outcome  string // "applications on SOURCE, nothing lost"; see keptOr
	Lost     bool
	Why      string // why it is not possible
	Lines    []string
	Keys     string   // what becomes of the keys that were made, if the person says so then
	Cannot   []string // what stays as it is
}

// ToDo lists what will be done, and in the end what is asked about then.
func (c Card) ToDo() []string {
	if c.Keys == "" {
		return c.Lines
	}
	return append(slices.Clip(c.Lines), c.Keys+", if you say so then")
}

// BackOutPlan says what turning back means at this moment.
func BackOutPlan(s State) Card { return backOutPlan(&s) }

func backOutPlan(s *State) Card {
	if s.Unrecorded() {
		return backOutUnrecorded(s, backOutRecorded(s))
	}
	return backOutRecorded(s)
}

func backOutRecorded(s *State) Card {
	card := Card{Outcome: "applications on SOURCE, " + s.keptOr("nothing lost")}
	switch {
	case s.Choices.Ended != nil:
		card.Why = "The migration has ended."
		return card
	case s.Choices.BackOut != nil:
		card.Why = "The way back is under way."
		return card
	case s.Choices.Where == nil || s.Choices.Source == nil || s.Choices.Target == nil || !s.Names().Complete():
		card.Why = "There is nothing to take back: " + s.soFar() + " Just quit."
		return card
	case s.completed() && s.fresh(ObserveInstances) && s.instance(s.Choices.Source) == nil:
		card.Why, card.Outcome = "The source is deleted: there is nothing to go back to.", "applications on TARGET"
		return card
	case s.completed() && s.renamed():
		card.Why, card.Outcome = "The names were swapped: the service does not find the migration any more. Rename both instances back first.", "applications on TARGET"
		return card
	case s.completed() && s.adopted() && !s.looked(ObserveApps):
		card.Why, card.Outcome = "Which applications are on the target is not looked at yet.", "not known"
		return card
	case s.completed() && len(s.broughtByOthers()) > 0:
		apps := s.broughtByOthers()
		card.Why = fmt.Sprintf("This record has not brought %s to the target, and does not know how %s bound to the source. Bring %s back by hand first, or go back from where the record is.",
			listNames(apps, func(a App) string { return a.Name }), wasWere(len(apps)), them(len(apps)))
		card.Outcome = "applications on TARGET"
		return card
	case s.renamed() && s.somethingToUndo():
		d := s.misnamed()
		card.Why = d.Says + " " + d.Next
		return card
	}
	card.Possible = true
	if s.completed() && !s.claimOfWrites().known() {
		card.Outcome = "applications on SOURCE; what would be lost is not known"
	}
	if since := s.writtenSince(); !since.IsZero() {
		card.Lost = true
		card.Outcome = "applications on SOURCE, writes since " + clockTime(since, s.At) + " on the target would be lost"
	}
	s.listUndo(&card)
	return card
}

// NothingToTakeBack is said where a look has found nothing on the service, and the record
// has nothing done to applications.
const NothingToTakeBack = "There is nothing to take back: there is no replication, and no application was stopped or bound from here."

// NothingDown is said where a look has found no application stopped that ran.
const NothingDown = "No application is down because of this migration."

// OutcomeOfPostponing says how it is when only the downtime was ended.
func OutcomeOfPostponing(s State) string {
	return "applications on SOURCE, " + s.keptOr("nothing lost") + "; the rest of the migration stays as it is"
}

// listUndo fills in the lines of the plan.
func (s *State) listUndo(card *Card) {
	line := func(format string, args ...any) { card.Lines = append(card.Lines, fmt.Sprintf(format, args...)) }
	f, r := s.Facts.Finalization, s.Facts.Replication
	nameable := s.nameable()
	if f.Exists && f.Word != Failed && f.Word != Completed {
		line("remove the finalization from the service")
	}
	for _, m := range s.Choices.Memory {
		a := s.app(m.GUID)
		switch {
		case a == nil || a.Gone || m.State == "":
			continue
		case m.Side.onTarget() && m.State == Started && a.State == Stopped && *a.at(m.place(Source)) != nil:
			line("start %s again, bound to %s as before", m.Name, m.Side.Database())
		case m.Side == Target:
			if m.State == Stopped && !s.inPlace(m, Source) {
				line("stop %s, as it was before COMPLETED", m.Name)
			}
		case m.Side == Both && a.Source != nil:
		case a.Target != nil && m.State == Started:
			line("stop %s, bind it to the source as before, unbind it from the target, start it", m.Name)
		case a.Target != nil, a.Source == nil:
			line("bind %s to the source as before, unbind it from the target", m.Name)
		case m.State == Started && a.State == Stopped:
			line("start %s on the source", m.Name)
		}
	}
	if f.Exists && (f.Word == Failed || f.Word == Completed) && nameable {
		line("remove the finalization from the service")
	}
	if r.Exists && nameable {
		line("remove the replication from the service, so that nothing it left fills the source's disk")
	}
	if n := len(s.madeKeys()); n > 0 {
		card.Keys = "delete " + plural(n, "key", "keys") + " that this migration made"
	}
	if s.somethingToUndo() {
		card.Cannot = append(card.Cannot, s.Choices.Target.Name+" has been written to: a next try needs a new target, and begins at zero.")
	}
	if !nameable && s.completed() {
		card.Cannot = append(card.Cannot, "A key of the migration is deleted: the service cannot be told to remove the migration. Ask SAP support (component BC-CP-BSB-POSTGRESQL).")
	}
	if s.did(Effect{Do: DoOpenAccess, Instance: *s.Choices.Source}) {
		card.Cannot = append(card.Cannot, s.Choices.Source.Name+" stays open to the migration service.")
	}
	if older := s.notRestored(); older != "" {
		card.Cannot = append(card.Cannot, older)
	}
	if card.Lost {
		card.Cannot = append(card.Cannot, "What was written to the target is not carried back.")
	}
}

// broughtByOthers lists the applications on the target of a migration that was not begun
// from here, and of which it is not known how they were bound to the source: a way back
// would leave them behind.
func (s *State) broughtByOthers() []App {
	if !s.adopted() {
		return nil
	}
	var list []App
	for _, a := range s.Facts.Apps {
		if m := s.memoryOf(a.GUID); a.Target != nil && !a.Gone && (m == nil || m.Binding == nil) {
			list = append(list, a)
		}
	}
	return list
}

func wasWere(n int) string {
	if n == 1 {
		return "it was"
	}
	return "they were"
}

const dayAndTime = "2006-01-02 15:04"

// clockTime is a time of day, with its date when that is not today.
func clockTime(t, now time.Time) string {
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04")
	}
	return t.Format(dayAndTime)
}
