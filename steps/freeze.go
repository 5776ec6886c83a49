package steps

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// freezeWatch lists what is looked at from the stop until COMPLETED: whoever
// could write, and whether the ground still is what the service was told.
func (s *State) freezeWatch() []Look {
	elsewhere := Look{SeeElsewhere, 0} // costs a request for each application of the space
	if s.Choices.Stop != nil {
		elsewhere.Every = paceElsewhere
	}
	return []Look{
		{SeeApps, paceDowntime},
		elsewhere,
		{SeeSourceKeys, paceCopying},
		{SeeTargetKeys, paceInSync},
		{SeeInstances, paceInSync},
		{SeeSession, paceInSync},
	}
}

// Drift is a change that somebody else made and that the migration stands on.
type Drift struct{ ID, Name, Says, Next string }

// drift lists what is not any more as it was when the migration was begun. The
// migration service finds everything by name.
func (s *State) drift() []Drift {
	if !s.begun() || s.completed() || s.Choices.BackOut != nil || s.Choices.Ended != nil {
		return nil
	}
	var list []Drift
	for _, r := range []*Ref{s.Choices.Source, s.Choices.Target} {
		if r == nil || !s.fresh(SeeInstances) {
			continue
		}
		switch i := s.instance(r); {
		case i == nil:
			list = append(list, Drift{driftInstance + r.GUID, r.Name, r.Name + " is not in the space any more.", "Ask who has deleted it. Without it there is no migration: back out."})
		case i.Name != r.Name:
			list = append(list, Drift{driftInstance + r.GUID, r.Name, r.Name + " is called " + i.Name + " now.", "The migration service finds it by name. Give it its name back: cf rename-service " + shell(i.Name) + " " + shell(r.Name)})
		}
	}
	for _, k := range []struct {
		choice *KeyChoice
		keys   []Key
		see    Sight
		of     string
	}{{s.Choices.SourceKey, s.Facts.SourceKeys, SeeSourceKeys, "source"}, {s.Choices.TargetKey, s.Facts.TargetKeys, SeeTargetKeys, "target"}} {
		if k.choice != nil && s.fresh(k.see) && keyNamed(k.keys, k.choice.Name) == nil {
			list = append(list, Drift{driftKey + k.of, k.choice.Name, "The key " + k.choice.Name + " of the " + k.of + " is gone.", "The migration service signs in with it. Ask who has deleted it; it cannot go on without."})
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

// blocking reports whether a drift makes the names wrong that the service is told.
func (d Drift) blocking() bool { return d.ID != driftSpace && d.ID != driftUser }

// Alarm is a stretch of time in which something could write to the source that
// should not, or in which something the migration stands on was changed.
type Alarm struct {
	ID    string
	Name  string
	What  string
	Since time.Time
	Until time.Time // zero: it lasts
	Round int
}

// Drift reports whether the alarm is about the ground that the migration stands
// on, and not about a writer.
func (a Alarm) Drift() bool {
	return strings.HasPrefix(a.ID, driftInstance) || strings.HasPrefix(a.ID, driftKey) || a.ID == driftSpace || a.ID == driftUser
}

// Identities of drifts. They stand in journals.
const (
	driftInstance = "instance:"
	driftKey      = "chosen-key:"
	driftSpace    = "space"
	driftUser     = "cf-user"
)

// Words of alarm moments.
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
			list = append(list, Alarm{ID: m.ID, Name: m.Object, What: m.Says, Since: m.At, Round: m.Round})
		case m.Status == alarmOver && open >= 0:
			list[open].Until = m.At
		}
	}
	return list
}

// settleAlarms raises an alarm for what has come back or moved, and ends those
// that are settled.
func settleAlarms(s, before *State) {
	due := map[string]Moment{}
	if s.watching() {
		for _, w := range s.unsettled() {
			if s.stranger(w) || wasSettled(before, w.ID) {
				due[w.ID] = Moment{ID: w.ID, Object: w.Name, Says: w.What}
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
		if !lasts && !s.stillOpen(a.ID) && !s.unlooked(a) {
			s.remember(Moment{Kind: MomentAlarm, ID: a.ID, Object: a.Name, Status: alarmOver})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(due)) {
		m := due[id]
		m.Kind, m.Status = MomentAlarm, alarmBegun
		s.remember(m)
	}
}

// frozen reports whether nothing may write to the source: from the stop until
// every application has left it, or has been brought back to it.
func (s *State) frozen() bool {
	return s.Choices.Stop != nil && s.Choices.BackOut == nil && s.Choices.Switch == nil && s.Choices.Ended == nil
}

// watching reports whether it is seen who can write while nothing may.
func (s *State) watching() bool { return s.frozen() && s.seenWriters() }

// unlooked reports whether it cannot be told yet, after a restart, whether an
// alarm lasts.
func (s *State) unlooked(a Alarm) bool {
	if !a.Drift() {
		return s.frozen() && !s.seenWriters()
	}
	if s.completed() || s.Choices.BackOut != nil || s.Choices.Ended != nil {
		return false
	}
	return slices.ContainsFunc([]Sight{SeeSession, SeeInstances, SeeSourceKeys, SeeTargetKeys}, func(k Sight) bool { return s.Seen[k].At.IsZero() })
}

// stillOpen reports whether a line of the census is open, for alarms that began
// with a change that is not seen anew at every look.
func (s *State) stillOpen(id string) bool {
	return s.watching() && slices.ContainsFunc(s.unsettled(), func(w Writer) bool { return w.ID == id })
}

func wasSettled(before *State, id string) bool {
	return before.Choices.Stop != nil && slices.ContainsFunc(census(before), func(w Writer) bool { return w.ID == id && w.Fate == FateQuiet })
}

// freeze shows the alarms of this cut-over and what has moved.
func (s *State) freeze(now time.Time) []Item {
	var items []Item
	for _, a := range alarms(s) {
		switch {
		case a.Round != s.Choices.Round || a.Drift():
		case a.Until.IsZero():
			lasts := toned(Bad, "%s can write to the source since %s, for %s now.", a.Name, a.Since.Format("15:04:05"), lasting(now.Sub(a.Since)))
			lasts.Key = a.ID + a.Since.String()
			items = append(items, lasts)
		default:
			items = append(items, toned(Warn, "%s could write to the source from %s to %s.", a.Name, a.Since.Format("15:04:05"), a.Until.Format("15:04:05")))
		}
	}
	return items
}

// moved shows what somebody else has changed under the migration.
func (s *State) moved() []Item {
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
