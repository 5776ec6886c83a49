package steps

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Beginnings of identities in the ledger, beside those of the lines of the census, which
// stand for themselves. They stand in journals.
const (
	ledgerAlarm   = "alarm:"       // and the line of the census
	ledgerTask    = "cancelled:"   // and the task's GUID
	ledgerFinding = "finding:"     // and the finding
	ledgerApp     = "application:" // and the application's GUID
	ledgerBinding = "old-binding:" // and the binding's GUID
	ledgerKept    = "kept:"        // and kind and name of what is left
	ledgerReach   = "access"
)

// ledgerEntry is an item with what the looks of now say of it.
type ledgerEntry struct {
	OpenItem
	gone   Tri    // Yes: a look finds it no more; No: a look finds it; Unknown: none tells
	found  bool   // it is known from looks alone, so the record has to keep that it was found
	detail string // of what was found, to be kept with it
}

// entries are all lines of the ledger, with who closed them.
func (s *State) entries() []ledgerEntry {
	var list []ledgerEntry
	switch e := s.Choices.Ended; {
	case s.Choices.Where == nil:
	case s.Choices.BackOut != nil, e != nil && e.How != EndCompleted: // all else is as it was before
		list = slices.Concat(s.offEntries(), s.taskEntries(), s.schedulerEntries())
	default:
		list = slices.Concat(
			s.alarmEntries(), s.appEntries(), s.mentionEntries(), s.waiverEntries(), s.taskEntries(), s.schedulerEntries(),
			s.findingEntries(), s.oldBindingEntries(), s.keptEntries(), s.accessEntries(),
		)
	}
	for i := range list {
		s.settleEntry(&list[i])
	}
	return list
}

// settleEntry says who has closed an entry: a person's word, or a look, of now or of the
// record. Of an alarm its own word counts.
func (s *State) settleEntry(e *ledgerEntry) {
	if !e.ClosedAt.IsZero() {
		return
	}
	if w := s.closingWord(e.ID); w != nil {
		e.ClosedAt, e.ClosedBy, e.Note = w.At, w.By, w.Note
		return
	}
	turn := s.ledgerTurn(e.ID)
	switch {
	case e.gone == Yes && turn != nil && turn.Status == itemClosed, e.gone == Unknown && turn != nil && turn.Status == itemClosed:
		e.ClosedAt = turn.At
	case e.gone == Yes:
		e.ClosedAt = s.At
	}
}

func (s *State) side() string {
	if s.Choices.BackOut != nil || s.Choices.Ended != nil && s.Choices.Ended.How != EndCompleted {
		return "source"
	}
	return "target"
}

// alarmEntries: one for each writer that may have cost writes.
func (s *State) alarmEntries() []ledgerEntry {
	var list []ledgerEntry
	for _, a := range alarms(s) {
		id := ledgerAlarm + a.ID
		if !s.costly(a) {
			continue
		}
		e := ledgerEntry{OpenItem: OpenItem{
			ID: id, Kind: OpenAlarm, Name: a.Name, Since: a.Since, ClosesBy: ClosedByWord, Holds: true,
			What: "what " + a.Name + " wrote to the source in the finalization may be missing on the target",
			Why:  "Compare the databases while both are there.",
		}}
		for _, w := range s.Choices.AlarmWords {
			if w.ID == a.ID && w.Since.Equal(a.Since) {
				if e.ClosedAt, e.ClosedBy = (time.Time{}), ""; w.Word == OptionCompared {
					e.ClosedAt, e.ClosedBy = w.At, w.By
				}
			}
		}
		switch same := find(list, func(x ledgerEntry) bool { return x.ID == id }); {
		case same == nil:
			list = append(list, e)
		case e.IsOpen():
			same.ClosedAt, same.ClosedBy = time.Time{}, ""
		}
	}
	return list
}

// appEntries are applications that are not in their place: left by hand, or bound to the
// source by somebody since. Of one that does not run the clean-up asks.
func (s *State) appEntries() []ledgerEntry {
	if !s.onTarget() || s.Choices.Switch == nil {
		return nil
	}
	var list []ledgerEntry
	fresh := s.fresh(ObserveApps)
	for _, m := range s.Choices.Memory {
		e := ledgerEntry{found: true, OpenItem: OpenItem{
			ID: ledgerApp + m.GUID, Kind: OpenApplication, Name: m.Name, Since: s.leftSince(m.GUID), By: s.Choices.Switch.By, ClosesBy: ClosedByLook, Holds: true,
			What: m.Name + " is not on the target as it was on the source", Why: "It was left so. Bring it there, or say that nobody needs it.",
		}}
		left := s.leftAt(m, Target)
		switch {
		case fresh && s.inPlace(m, Target):
			e.gone = Yes
		case fresh && (left || s.Choices.Validated != nil):
			e.gone = No
		}
		if left || s.wasFound(e) {
			list = append(list, e)
		}
	}
	for _, a := range s.Facts.Apps {
		e := ledgerEntry{found: true, OpenItem: OpenItem{
			ID: ledgerApp + a.GUID, Kind: OpenApplication, Name: a.Name, Since: s.foundAt(ledgerApp + a.GUID), ClosesBy: ClosedByLook, Holds: a.Running(),
			What: a.Name + " is bound to the source, and not to the target", Why: "It was bound there since. Bind it to the target, or say that nobody needs it.",
		}}
		if s.memoryOf(a.GUID) != nil || a.State == "" || s.waiver(WriterApp.line(a.GUID)) != nil {
			continue // of what this login may not see a waiver tells
		}
		if fresh && s.Choices.Validated != nil {
			e.gone = triOf(a.Gone || a.Source == nil || a.Target != nil)
		}
		if s.wasFound(e) {
			list = append(list, e)
		}
	}
	return list
}

// leftSince is when an application was left by hand, or first found so.
func (s *State) leftSince(app string) time.Time {
	m := s.History.Last(s.Choices.Round, func(m *Moment) bool { return m.Kind == MomentApp && m.ID == app && m.Status == AppLeft })
	if m != nil {
		return m.At
	}
	return s.foundAt(ledgerApp + app)
}

// findingEntries are the warnings that were accepted and mean work on the target, or
// nobody here knows that they do not. One that a later check did not find is mended.
func (s *State) findingEntries() []ledgerEntry {
	var list []ledgerEntry
	for _, a := range s.Choices.Accepted {
		f := Finding{ID: a.ID, Side: sideOfFinding(a.ID), Text: a.Text}
		if run := s.Choices.Checked; run != nil && !slices.ContainsFunc(run.List, func(x Finding) bool { return x.ID == a.ID }) {
			continue
		}
		x := s.explain(f)
		if x.Afterwards == "" {
			continue
		}
		list = append(list, ledgerEntry{OpenItem: OpenItem{
			ID: ledgerFinding + a.ID, Kind: OpenFinding, Name: a.ID, Since: a.At, By: a.By, ClosesBy: ClosedByWord, Holds: true,
			What: x.Afterwards, Why: fmt.Sprintf("The preflight check said, and it was accepted: %q.", a.Text),
		}})
	}
	return list
}

// sideOfFinding is the side that a finding's identity names.
func sideOfFinding(id string) Side {
	if side, _, _ := strings.Cut(id, "-"); Side(side) == Target {
		return Target
	}
	return Source
}

// oldBindingEntries are the bindings that the platform failed to delete. The clean-up
// asks for them: they hold nothing.
func (s *State) oldBindingEntries() []ledgerEntry {
	var list []ledgerEntry
	for _, l := range s.Choices.LeftOld {
		if l.To != Target || l.Round != s.Choices.Round {
			continue
		}
		name, app := l.App, s.app(l.App)
		if m := s.memoryOf(l.App); m != nil {
			name = m.Name
		}
		for _, guid := range l.Bindings {
			e := ledgerEntry{OpenItem: OpenItem{
				ID: ledgerBinding + guid, Kind: OpenBinding, Name: name, ClosesBy: ClosedByLook,
				What: "a binding of " + name + " to the source is left", Why: "The platform failed to delete it. It keeps the source from being deleted.",
			}}
			if m := s.History.Last(l.Round, func(m *Moment) bool { return m.ID == l.App && m.Status == AppOldBindingLeft }); m != nil {
				e.Since = m.At
			}
			if s.fresh(ObserveApps) {
				e.gone = triOf(app == nil || app.Gone || !slices.ContainsFunc(app.Source, func(b Binding) bool { return b.GUID == guid }))
			}
			list = append(list, e)
		}
	}
	return list
}

// keptEntries are what a migration has left when it ended. What belongs to a source that
// is kept is not counted beside it.
func (s *State) keptEntries() []ledgerEntry {
	ended := s.Choices.Ended
	if ended == nil {
		return nil
	}
	left := Inventory(*s)
	with := map[LeftKind]int{}
	for _, l := range left {
		with[l.What]++
	}
	var list []ledgerEntry
	for _, l := range left {
		e := ledgerEntry{OpenItem: OpenItem{
			ID: ledgerKept + string(l.What) + ":" + l.Name, Kind: OpenKept, Name: l.Name, Since: ended.At, By: s.lastWord(), ClosesBy: ClosedByWord,
			What: "the " + l.String() + " is kept", Why: strings.ToUpper(l.Why[:1]) + l.Why[1:] + ".",
		}}
		switch kind := l.What; kind {
		case LeftSource:
			e.Until = s.keptUntil()
			for _, of := range []struct {
				kind      LeftKind
				one, many string
			}{{LeftSourceKey, "key", "keys"}, {LeftShare, "share", "shares"}} {
				if n := with[of.kind]; n > 0 {
					e.What += ", with " + plural(n, of.one, of.many)
				}
			}
			if !e.Until.IsZero() {
				e.What += ", as a rule until " + e.Until.Format(dayInWords)
			}
			e.Why += " It costs money as long as it exists."
		case LeftTargetKey, LeftTarget:
		case LeftBinding:
			if slices.ContainsFunc(s.Choices.LeftOld, func(o LeftOld) bool { m := s.memoryOf(o.App); return m != nil && m.Name == l.Name }) {
				continue // has an entry of its own
			}
		case LeftSourceKey, LeftShare:
			if with[LeftSource] > 0 {
				continue
			}
		case LeftAccess, LeftReplication, LeftFinalization:
			continue
		}
		list = append(list, e)
	}
	return list
}

// keptUntil is how long a source is kept as a rule; zero: not told.
func (s *State) keptUntil() time.Time {
	if v := s.Choices.Validated; v != nil {
		return v.At.Add(coolingOff)
	}
	return time.Time{}
}

// lastWord is who gave the last answer of the record.
func (s *State) lastWord() string {
	for _, m := range slices.Backward(s.History) {
		if m.Kind == MomentAnswer {
			return m.By
		}
	}
	return ""
}

// accessEntries: the service names no way to close the source again, so it ends with it.
func (s *State) accessEntries() []ledgerEntry {
	source := s.Choices.Source
	if source == nil {
		return nil
	}
	opened := find(s.History, func(m Moment) bool { return m.Did(DoOpenAccess) && m.same(Effect{Do: DoOpenAccess, Instance: *source}) })
	if opened == nil {
		return nil
	}
	e := ledgerEntry{OpenItem: OpenItem{
		ID: ledgerReach, Kind: OpenReach, Name: source.Name, Since: opened.At, ClosesBy: ClosedByLook,
		What: source.Name + " is open to the migration service", Why: "The service names no way to close it; it ends with the source.",
	}}
	if s.Choices.OpenAccess != nil {
		e.By = s.Choices.OpenAccess.By
	}
	switch {
	case s.deleted(*source):
		e.gone = Yes
	case s.fresh(ObserveInstances):
		e.gone = No
	}
	return []ledgerEntry{e}
}
