package steps

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// freezeLooks lists what is observed from the stop until COMPLETED: who could write, and
// whether the names that the service was told are still right.
func (s *State) freezeLooks() []Look {
	elsewhere := Look{ObserveElsewhere, 0} // costs a request for each application of the space
	if s.frozen() {
		elsewhere.Every = paceElsewhere
	}
	return []Look{
		{ObserveApps, paceDowntime},
		elsewhere,
		{ObserveSourceKeys, paceCopying},
		{ObserveTargetKeys, paceInSync},
		{ObserveInstances, paceInSync},
		{ObserveSession, paceInSync},
	}
}

// Drift is a change that somebody else made to something that the migration relies on.
type Drift struct{ ID, Name, Says, Next string }

// drift lists what is not any more as it was when the migration was begun. The
// migration service finds everything by name.
func (s *State) drift() []Drift {
	if !s.begun() || s.completed() || s.Choices.BackOut != nil || s.Choices.Ended != nil {
		return nil
	}
	var list []Drift
	for _, x := range s.endpoints() {
		r := x.instance
		if r == nil || !s.fresh(ObserveInstances) {
			continue
		}
		if s.instance(r) == nil {
			list = append(list, Drift{driftInstance + r.GUID, r.Name, r.Name + " is not in the space any more.", "Ask who has deleted it. Without it there is no migration: back out."})
		} else if d := s.otherName(*r); d != nil {
			list = append(list, *d)
		}
	}
	for _, x := range s.endpoints() {
		if k := *x.choice; k != nil && s.fresh(x.seeKeys) && x.key() == nil {
			list = append(list, Drift{driftKey + string(x.side), k.Name, "The key " + k.Name + " of the " + string(x.side) + " is gone.", "The migration service signs in with it. Ask who has deleted it; it cannot go on without."})
		}
	}
	if w, now := s.Choices.Where, s.Facts.Session.Space; w != nil && now.GUID != "" && now.GUID != w.Space.GUID {
		list = append(list, Drift{driftSpace, now.Name, "cf points to the space " + now.Name + " now.", "The wizard goes on in " + w.Space.Name + ". Mind it when you use cf beside it."})
	}
	if f := s.Facts.Session; f.SignedIn && f.CFUser != "" && f.CFUser != f.User {
		list = append(list, Drift{driftUser, f.CFUser, "cf is signed in as " + f.CFUser + " now.", "The wizard goes on as " + f.User + ". Mind it when you use cf beside it."})
	}
	return list
}

// otherName tells that an instance has another name than the migration service knows it
// by; nil: it has not, as far as it was seen.
func (s *State) otherName(r Ref) *Drift {
	i := s.instance(&r)
	if i == nil || i.Name == r.Name {
		return nil
	}
	return &Drift{
		driftInstance + r.GUID, r.Name, r.Name + " is called " + i.Name + " now.",
		"The migration service finds it by name. Give it its name back: cf rename-service " + shell(i.Name) + " " + shell(r.Name),
	}
}

// misnamed tells which instance was renamed, so that the service cannot be asked about the
// migration: that it does not find it says nothing then. nil: none, as far as it was seen.
func (s *State) misnamed() *Drift {
	for _, x := range s.endpoints() {
		if x.instance == nil {
			continue
		}
		if d := s.otherName(*x.instance); d != nil {
			return d
		}
	}
	return nil
}

// blocking reports whether a drift makes the names wrong that the service is told.
func (d Drift) blocking() bool { return d.ID != driftSpace && d.ID != driftUser }

// Alarm is a stretch of time in which something could write to source or target that
// should not, or in which something that the migration relies on was changed.
type Alarm struct {
	ID    string
	Name  string
	What  string
	Side  Side // that it could write to: Source, Target or Both; of a drift empty
	Since time.Time
	Until time.Time // zero: it lasts
	Round int
}

// Drift reports whether the alarm is about a drift, and not about a writer.
func (a Alarm) Drift() bool {
	return strings.HasPrefix(a.ID, driftInstance) || strings.HasPrefix(a.ID, driftKey) || a.ID == driftSpace || a.ID == driftUser
}

// Meaning says what an alarm means for the data.
func (a Alarm) Meaning(s State) string {
	const stamp = "2006-01-02 15:04:05"
	db := a.Side.Database()
	switch {
	case a.Drift():
		return a.What
	case a.found(&s) && a.Until.IsZero():
		return fmt.Sprintf("%s can write to %s, seen at %s, and nobody here saw since when: %s. Find out who works on it, and stop it.",
			a.Name, db, a.Since.Format(stamp), a.Side.missing("what it writes while the finalization runs, or after it,"))
	case a.found(&s):
		return fmt.Sprintf("%s could write to %s until %s, and nobody here saw since when: %s. Compare the databases before the source is deleted.",
			a.Name, db, a.Until.Format(stamp), a.Side.missing("what it wrote since the finalization began"))
	case a.Until.IsZero():
		return fmt.Sprintf("%s has been able to write to %s since %s: %s. Find out who has started it, and stop it.",
			a.Name, db, a.Since.Format(stamp), a.Side.missing("what it writes"))
	}
	could := fmt.Sprintf("%s could write to %s from %s to %s (%s)", a.Name, db, a.Since.Format(stamp), a.Until.Format(stamp), lasting(time.Duration(Visit{Begin: a.Since, End: a.Until}.Seconds())*time.Second))
	begun := s.History.First(a.Round, func(m *Moment) bool { return m.Did(DoCreateFinalization) || m.Kind == MomentFinalization })
	if !a.Side.onTarget() && (begun == nil || a.Until.Before(begun.SentAt())) {
		return could + ": the databases were still kept in sync then, so it should be on the target."
	}
	return could + ": " + a.Side.missing("what it wrote then") + ". Compare the databases before the source is deleted."
}

// Identities of drifts. They stand in journals.
const (
	driftInstance = "instance:"
	driftKey      = "chosen-key:"
	driftSpace    = "space"
	driftUser     = "cf-user"
)

// Statuses of alarm moments.
const (
	alarmBegun = "begun"
	alarmOver  = "over"
)

// Alarms lists all alarms of the record, oldest first.
func Alarms(s State) []Alarm { return alarms(&s) }

func alarms(s *State) []Alarm {
	var list []Alarm
	for _, m := range s.History {
		if m.Kind != MomentAlarm {
			continue
		}
		open := slices.IndexFunc(list, func(a Alarm) bool { return a.ID == m.ID && a.Until.IsZero() })
		switch {
		case m.Status == alarmBegun && open < 0:
			a := Alarm{ID: m.ID, Name: m.Object, What: m.Says, Side: m.Side, Since: m.At, Round: m.Round}
			if !a.Drift() {
				a.Side = a.Side.OrSource()
			}
			list = append(list, a)
		case m.Status == alarmOver && open >= 0:
			list[open].Until = m.At
		}
	}
	return list
}

// settleAlarms raises an alarm for what has come back or moved, and ends those
// that are settled.
func settleAlarms(s, before *State) {
	due, open := map[string]Moment{}, map[string]bool{}
	if s.watching() {
		for _, w := range s.unsettled() {
			if w.Side == Target && !s.Facts.Finalization.Known {
				continue // after a restart: it may be COMPLETED, and the target the database
			}
			open[w.ID] = true
			if s.unexpectedWriter(w) || wasSettled(before, w.ID) || s.foundFinalization() && s.writesNow(w) {
				due[w.ID] = Moment{ID: w.ID, Object: w.Name, Says: w.What, Side: w.Side.noted()}
			}
		}
	}
	for _, d := range s.drift() {
		due[d.ID] = Moment{ID: d.ID, Object: d.Name, Says: d.Says}
	}
	for _, a := range alarms(s) {
		if !a.Until.IsZero() {
			continue
		}
		_, lasts := due[a.ID]
		delete(due, a.ID)
		if !lasts && !open[a.ID] && !s.cannotTellYet(a) {
			s.record(Moment{Kind: MomentAlarm, ID: a.ID, Object: a.Name, Status: alarmOver})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(due)) {
		m := due[id]
		m.Kind, m.Status = MomentAlarm, alarmBegun
		s.record(m)
	}
}

// frozen reports whether nothing may write to the source, and before COMPLETED not to the
// target either: from the stop, or from a
// finalization that somebody else has made, until every application has left it, or has
// been brought back to it.
func (s *State) frozen() bool {
	c := &s.Choices
	return (c.Stop != nil || s.foundFinalization()) && c.BackOut == nil && c.Switch == nil && c.Ended == nil
}

// foundFinalization reports whether a finalization runs or is COMPLETED for which nobody
// has stopped the writers here: somebody else made it, or the record of it is lost.
func (s *State) foundFinalization() bool {
	f := s.Facts.Finalization
	return s.Choices.Stop == nil && (f.Exists && f.Word != Failed || s.completed())
}

// writesNow reports whether something was seen that runs and can write.
func (s *State) writesNow(w Writer) bool {
	if w.Kind == WriterMention {
		_, guid, _ := strings.Cut(w.ID, ":")
		m := find(s.Facts.Elsewhere.Mentions, func(m Mention) bool { return m.GUID == guid })
		return m != nil && slices.ContainsFunc(m.Apps, App.Running)
	}
	return w.Fate == FateStop || w.Fate == FateCancel
}

// watching reports whether it is seen who can write while nothing may. Of a finalization
// that was found, the applications that run are told at once.
func (s *State) watching() bool {
	return s.frozen() && (s.censusTaken() || s.foundFinalization() && s.looked(ObserveApps))
}

// cannotTellYet reports whether it cannot be told yet, after a restart, whether an
// alarm lasts.
func (s *State) cannotTellYet(a Alarm) bool {
	if !a.Drift() {
		return s.frozen() && !s.censusTaken()
	}
	if s.completed() || s.Choices.BackOut != nil || s.Choices.Ended != nil {
		return false
	}
	return !s.looked(ObserveSession, ObserveInstances, ObserveSourceKeys, ObserveTargetKeys)
}

func wasSettled(before *State, id string) bool {
	return before.Choices.Stop != nil && slices.ContainsFunc(census(before), func(w Writer) bool { return w.ID == id && w.Fate == FateQuiet })
}

// alarmItems shows the alarms of this cut-over and what has moved.
func (s *State) alarmItems(now time.Time) []Item {
	var items []Item
	for _, a := range alarms(s) {
		switch {
		case a.Round != s.Choices.Round || a.Drift() || s.costly(a): // see lossItems
		case a.Until.IsZero():
			lasts := toned(Bad, "%s has been able to write to %s since %s, for %s now%s", a.Name, a.Side.Database(), a.Since.Format("15:04:05"), lasting(now.Sub(a.Since)), a.Side.collision())
			lasts.Key = a.ID + a.Since.String()
			items = append(items, lasts)
		default:
			items = append(items, toned(Warn, "%s could write to %s from %s to %s.", a.Name, a.Side.Database(), a.Since.Format("15:04:05"), a.Until.Format("15:04:05")))
		}
	}
	return items
}

// driftItems shows what somebody else has changed under the migration.
func (s *State) driftItems() []Item {
	var items []Item
	for _, d := range s.drift() {
		tone := Bad
		if !d.blocking() {
			tone = Warn
		}
		items = append(items, toned(tone, "%s %s", d.Says, d.Next))
	}
	return items
}
