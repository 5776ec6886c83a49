package steps

import (
	"fmt"
	"strings"
)

// Standing is a line for every screen: where the applications are, and what would be
// lost if the person stopped here.
func Standing(s State) string { return standing(&s) }

// ShortStanding is the same without its opening words.
func ShortStanding(s State) string {
	_, rest := ifStopped(&s)
	return rest
}

func standing(s *State) string {
	opening, rest := ifStopped(s)
	return opening + rest
}

const ifYouStop = "If you stop now: "

// ifStopped puts the claims into words. Each sentence is one claim's.
func ifStopped(s *State) (opening, rest string) {
	c := &s.Choices
	switch {
	case s.Unrecorded():
		return "", standingUnrecorded(s)
	case c.Where == nil && len(s.migrationsHere()) > 0:
		return "", remembered(s)
	case c.Where == nil || c.Source == nil:
		return ifYouStop, s.soFar()
	}
	apps := s.claimOfApps()
	where := apps.text(s)
	switch e := c.Ended; {
	case e != nil && e.How == EndCompleted:
		return "", "The migration is complete: " + where + s.exceptOpen() + "." + s.alarm()
	case e != nil && e.How == EndBackedOut:
		return "", "Backed out: " + where + s.lossGone(apps) + s.andOpen()
	case e != nil:
		return "", "Left for support: " + where + s.unlessAlarmed(apps.nothingLost())
	case c.BackOut != nil:
		return "", "Going back: " + where + s.lossGone(apps)
	case s.completed():
		if c.Validated != nil && apps.Value == ValueOnTarget && apps.Basis == BasisSeen && apps.all() {
			where += "; the old one is still paid for"
		}
		return ifYouStop, where + ". " + s.wayBackFrom(s.claimOfWrites()) + s.alarm()
	case apps.Value == ValueUnsure:
		return ifYouStop, where + s.unlessAlarmed(". Before COMPLETED nothing is lost.")
	case apps.Value == ValueStopped:
		return ifYouStop, where + s.unlessAlarmed(", data safe on SOURCE. Backing out starts them, nothing lost.")
	}
	return ifYouStop, where + s.unlessAlarmed(apps.nothingLost())
}

// soFar says what was done where no databases are chosen; some may have been before.
func (s *State) soFar() string {
	if s.History.ever((*Moment).Done) {
		return "what was done so far stays as it is."
	}
	return "nothing was changed."
}

// nothingLost ends a sentence about applications before COMPLETED: who does not know
// where they are does not know what they have written to either.
func (c Claim) nothingLost() string {
	if !c.known() {
		return ". What would be lost is not known."
	}
	return ", nothing lost."
}

// text says where the applications are, and when that was seen if it was not just now.
func (c Claim) text(s *State) string {
	seen := c.seenAt(s.At)
	share := fmt.Sprintf("%d of %s", c.Count, plural(c.Of, "application", "applications"))
	//exhaustive:enforce
	switch c.Value {
	case ValueUntouched:
		return "no application was touched"
	case ValueUnsure:
		return seen + plural(c.Count, "application is", "applications are") + " stopped, not by this record: not known whether " + they(c.Count) + " ran before"
	case ValueStopped:
		return seen + allOr(c, "applications stay STOPPED", share+" "+isAre(c.Count)+" STOPPED")
	case ValueOnSource:
		return seen + allOr(c, "applications on SOURCE", share+" on SOURCE as before")
	case ValueOnTarget:
		switch {
		case c.Of == 0:
			return seen + "no application is bound to either"
		case c.all() && seen != "":
			return seen + share + " on TARGET"
		}
		return seen + allOr(c, "applications on TARGET", share+" on TARGET")
	case ValueNotKnown, ValueNone, ValueBegun, ValueKept, ValueLost, ValueDoubtful:
	}
	return "where the applications are is not known"
}

// WhereApplications says in a sentence where the applications are.
func WhereApplications(s State) string { return s.whereApps() }

func (s *State) whereApps() string {
	where := s.claimOfApps().text(s)
	return strings.ToUpper(where[:1]) + where[1:] + "."
}

func they(n int) string {
	if n == 1 {
		return "it"
	}
	return "they"
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// allOr is the shorter word where something holds for all.
func allOr(c Claim, all, some string) string {
	if c.all() {
		return all
	}
	return some
}

// wayBackFrom says what going back from COMPLETED would cost.
func (s *State) wayBackFrom(c Claim) string {
	switch {
	case !backOutPlan(s).Possible:
		return "There is no way back."
	case c.Value == ValueLost:
		return "Backing out: writes since " + clockTime(c.At, s.At) + " would be lost."
	case c.Value == ValueDoubtful:
		return "Backing out: what was written to the target would be lost."
	case c.Value == ValueKept && c.Basis == BasisSeen:
		return "Backing out: " + s.keptOr("nothing lost") + "."
	case c.Value == ValueKept:
		return "Backing out: " + s.keptOr("nothing lost") + ", as far as was seen at " + clockTime(c.At, s.At) + "."
	}
	return "What backing out would lose is not known."
}

// lossGone says what was given up by going back.
func (s *State) lossGone(apps Claim) string {
	if b := s.Choices.BackOut; b != nil && b.Loss != "" {
		return "; " + b.Loss + "."
	}
	return apps.nothingLost()
}

// unlessAlarmed is that nothing is lost, unless something wrote, or writes, while the
// finalization runs. Then going on may lose it, and going back keeps it.
func (s *State) unlessAlarmed(safe string) string {
	open := s.losses()
	if len(open) == 0 {
		return safe
	}
	side := sideOfAlarms(open)
	writes := "wrote to " + side.Database()
	if open[0].Until.IsZero() {
		writes = "can write to " + side.Database()
	}
	if side == Target {
		return ". " + listNames(open, func(a Alarm) string { return a.Name }) + " " + writes + " before COMPLETED: its rows there may differ; backing out keeps what is on the source."
	}
	return ". " + listNames(open, func(a Alarm) string { return a.Name }) + " " + writes + " in the finalization: going on may lose that, backing out keeps it."
}

// alarm is what stays open to the end; empty: nothing.
func (s *State) alarm() string {
	if words := s.lossWords(); words != "" {
		return " ALARM: " + words + "."
	}
	return ""
}

// exceptOpen is what is still open at the end, alarms aside; empty: nothing.
func (s *State) exceptOpen() string {
	if open := closable(s.open()); len(open) > 0 {
		return "; " + thingsStillOpen(open)
	}
	return ""
}

// andOpen is the same as a sentence of its own.
func (s *State) andOpen() string {
	if open := s.open(); len(open) > 0 {
		return " " + thingsStillOpen(open) + "."
	}
	return ""
}

// remembered says which migration of this machine waits, before one is chosen.
func remembered(s *State) string {
	m := s.migrationsHere()[0]
	if n := len(s.migrationsHere()); n > 1 {
		return fmt.Sprintf("Nothing was changed by this start. %d migrations are open here; that from %s to %s was last seen at %s, %s.",
			n, m.Source, m.Target, m.Step.Title(), clockTime(m.At, s.At))
	}
	return fmt.Sprintf("Nothing was changed by this start. A migration from %s to %s is open: last seen at %s, %s.",
		m.Source, m.Target, m.Step.Title(), clockTime(m.At, s.At))
}

// Leaving says what goes on without the wizard, and how to come back.
func Leaving(s State) []string {
	switch {
	case s.Choices.Ended != nil:
		return nil
	case s.Unrecorded():
		return []string{"Nothing was changed by watching. What the service does, goes on without the program."}
	case s.Choices.Where == nil && len(s.migrationsHere()) > 0:
		return []string{remembered(&s)}
	case s.Choices.Where == nil:
		return []string{"Nothing was changed."}
	case s.busy():
		return []string{"A request is under way. It may still be carried out; the wizard looks at that first when you come back.", standing(&s)}
	case len(s.deferred(current(&s))) > 0:
		return []string{"A request waits to be tried again. Without the wizard it is not sent.", standing(&s)}
	}
	lines := []string{s.goesOn()}
	if Closed(s) {
		lines = append(lines, ClosingLines(s, "")...)
	}
	if apps := s.claimOfApps(); apps.Value == ValueStopped && apps.Basis == BasisSeen {
		lines[0] = strings.TrimSpace(lines[0] + " " + apps.stayStopped())
	}
	return append(lines, standing(&s))
}

// stayStopped says which applications wait for the person.
func (c Claim) stayStopped() string {
	if c.all() {
		return "Applications stay stopped until you come back."
	}
	return fmt.Sprintf("%d of %d applications stay stopped until you come back.", c.Count, c.Of)
}

// goesOn says what the service does without the wizard, as far as a look of now tells.
func (s *State) goesOn() string {
	f, r := finalization.claim(s), replication.claim(s)
	unseen := "How it stands cannot be seen at the moment. What the service does goes on without you, and what was stopped stays stopped."
	if !s.looked(ObserveReplication) {
		unseen = "How it stands was not seen yet. What the service does goes on without you, and what was stopped stays stopped."
	}
	switch {
	case s.completed():
		return "The service has finished; it does nothing more."
	case f.Value == Failed:
		return "The finalization has failed, and nothing runs."
	case f.there() && f.Basis == BasisSeen:
		return "The service goes on with the finalization without you."
	case f.there():
		return unseen
	case r.Value == Failed:
		return "The replication has failed, and nothing runs."
	case r.there() && r.Basis == BasisSeen:
		return "The service goes on with the replication without you, for as long as you like."
	case r.there(), s.began() && f.Basis != BasisSeen && r.Basis != BasisSeen:
		return unseen
	case s.Names().Complete() && !r.known():
		return "What runs on the service is not known: nobody has looked. Your choices are kept."
	}
	return "Nothing runs; your choices are kept."
}

// there reports whether a process is claimed to be there.
func (c Claim) there() bool { return c.Value != ValueNone && c.Value != ValueNotKnown }

// began reports whether the record has anything that the service may go on with.
func (s *State) began() bool {
	return replication.claim(s).known() || finalization.claim(s).known() || len(s.Choices.Memory) > 0
}
