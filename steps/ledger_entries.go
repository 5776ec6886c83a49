package steps

import (
	"cmp"
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

// mentionEntries are whoever names the source's address, by a waiver, by the record or
// by a look: it keeps the address after the switch.
func (s *State) mentionEntries() []ledgerEntry {
	if !s.cuttingOver() {
		return nil
	}
	names := map[string]string{}
	what := map[string]string{}
	var ids []string
	add := func(id, name, says string) {
		if names[id] == "" {
			ids, names[id] = append(ids, id), cmp.Or(name, id)
		}
		what[id] = cmp.Or(says, what[id])
	}
	for _, w := range s.Choices.Waivers {
		if WriterMention.has(w.ID) && w.Side != Target {
			add(w.ID, w.Name, "")
		}
	}
	for m := range s.History.In(s.Choices.Round) {
		if m.Kind == MomentOpenItem && WriterMention.has(m.ID) {
			add(m.ID, m.Name, m.Says)
		}
	}
	for _, m := range s.Facts.Elsewhere.Mentions {
		if m.Side != Target {
			add(WriterMention.line(m.GUID), m.Name, m.what(Source))
		}
	}
	var list []ledgerEntry
	for _, id := range ids {
		e := ledgerEntry{gone: s.unmentioned(id), OpenItem: OpenItem{
			ID: id, Kind: OpenMention, Name: names[id], ClosesBy: ClosedByLook, Holds: true,
			What: names[id] + " has the source's address",
			Why:  "Whoever uses it works on the old database. Give it the target's address and restart it.",
		}}
		if e.detail = what[id]; e.detail != "" {
			e.What += " (" + e.detail + ")"
		}
		w := s.waiver(id)
		if e.found = w == nil; w != nil {
			e.Since, e.By = w.At, w.By
			e.Why = fmt.Sprintf("It was let be with the words %q. %s", w.Reason, e.Why)
		} else {
			e.Since = s.foundAt(id)
		}
		list = append(list, e)
	}
	return list
}

// unmentioned says whether a look finds the address no more. A look that did not know the
// address tells nothing, nor one that could not see into a space where it was found: not
// into those that could not be seen then either, for which there is a waiver.
func (s *State) unmentioned(id string) Tri {
	_, guid, _ := strings.Cut(id, ":")
	seen := s.Facts.Elsewhere
	blind := func(u Unseen) bool {
		hidden := u.Kind == unseenSpace && s.waiver(WriterUnseen.line(u.Kind+":"+u.GUID)) == nil
		return u.GUID == guid || hidden || s.Choices.Source != nil && u.GUID == s.Choices.Source.GUID
	}
	switch {
	case !s.fresh(ObserveElsewhere):
		return Unknown
	case slices.ContainsFunc(seen.Mentions, func(m Mention) bool { return m.GUID == guid && m.Side != Target }):
		return No
	case slices.ContainsFunc(seen.Unseen, blind):
		return Unknown
	}
	return Yes
}

// waiverEntries are the words on what else could write. What ran on during the
// finalization no look clears: only somebody knows what it has written.
func (s *State) waiverEntries() []ledgerEntry {
	var list []ledgerEntry
	for _, w := range s.Choices.Waivers {
		e := ledgerEntry{OpenItem: OpenItem{ID: w.ID, Kind: OpenWaiver, Name: w.Name, Since: w.At, By: w.By, ClosesBy: ClosedByLook, Holds: true}}
		kind, guid, _ := strings.Cut(w.ID, ":")
		said := fmt.Sprintf("It was let be with the words %q.", w.Reason)
		if w.Side == Target && !WriterScheduler.has(w.ID) {
			e.ClosesBy = ClosedByWord
			e.What, e.Why = w.Name+" could write to the target before it was COMPLETED", said+" Look whether what it wrote there got mixed with yours."
			if WriterKey.has(w.ID) || WriterMention.has(w.ID) { // it has the target's address already
				e.What, e.Why = "what uses "+w.Name+" is to be switched on again, if it is off", said
			}
			list = append(list, e)
			continue
		}
		//exhaustive:enforce
		switch WriterKind(kind) {
		case WriterApp:
			e.What, e.Why = w.Name+" is bound to the source", said+" Who works on it has to bring it to the target."
			if m := s.memoryOf(guid); m != nil && m.ran() || w.Runs {
				e.ClosesBy = ClosedByWord
				e.What, e.Why = w.Name+" was not stopped for the finalization", said+" Did it write then? That is not on the target."
			} else if a := s.app(guid); s.fresh(ObserveApps) {
				e.gone = triOf(a == nil || a.Gone || a.Source == nil)
			}
		case WriterTask:
			e.ClosesBy = ClosedByWord
			e.What, e.Why = "the task "+w.Name+" was not cancelled for the finalization", said+" Did it write then? That is not on the target. To go on there it has to be started again."
		case WriterKey:
			e.What, e.Why = "the key "+w.Name+" of the source is used by somebody", said+" Whoever uses it needs a key of the target."
			switch {
			case s.Choices.Source != nil && s.deleted(*s.Choices.Source):
				e.gone = Yes
			case s.fresh(ObserveSourceKeys):
				e.gone = triOf(!slices.ContainsFunc(s.Facts.SourceKeys, func(k Key) bool { return k.GUID == guid }))
			}
		case WriterUnseen:
			e.What, e.Why = w.Name+" was not looked into: it may know the source", said+" Somebody who may see it has to look."
			if _, guid, _ = strings.Cut(guid, ":"); s.fresh(ObserveElsewhere) {
				e.gone = triOf(!slices.ContainsFunc(s.Facts.Elsewhere.Unseen, func(u Unseen) bool { return u.GUID == guid }))
			}
		case WriterMention, WriterScheduler: // have entries of their own
			continue
		default: // of a newer version
			e.ClosesBy, e.What, e.Why = ClosedByWord, w.Name+" could write to the source", said
		}
		list = append(list, e)
	}
	return list
}

// offEntries are, back on the source, what somebody may have switched off by hand to let
// the cut-over be.
func (s *State) offEntries() []ledgerEntry {
	waivers := s.Choices.Waivers
	if n := len(s.Choices.Former); len(waivers) == 0 && n > 0 && s.Choices.Former[n-1].Round == s.Choices.Round {
		waivers = s.Choices.Former[n-1].Waivers // this cut-over was put away
	}
	var list []ledgerEntry
	for _, w := range waivers {
		kind := OpenWaiver
		switch {
		case WriterMention.has(w.ID):
			kind = OpenMention
		case !WriterKey.has(w.ID):
			continue
		}
		list = append(list, ledgerEntry{OpenItem: OpenItem{
			ID: w.ID, Kind: kind, Name: w.Name, Since: w.At, By: w.By, ClosesBy: ClosedByWord, Holds: true,
			What: "what uses " + w.Name + " is to be switched on again, if it is off", Why: fmt.Sprintf("It was let be with the words %q.", w.Reason),
		}})
	}
	return list
}

func triOf(yes bool) Tri {
	if yes {
		return Yes
	}
	return No
}

// taskEntries are the tasks that were cancelled, in whichever cut-over: on whichever side
// the applications are now, they are not started by themselves.
func (s *State) taskEntries() []ledgerEntry {
	var list []ledgerEntry
	for _, m := range s.History {
		if !m.Did(DoCancelTask) {
			continue
		}
		guid, _, _ := strings.Cut(strings.TrimPrefix(m.ID, string(DoCancelTask)+":"), "#")
		id := ledgerTask + guid
		if slices.ContainsFunc(list, func(e ledgerEntry) bool { return e.ID == id }) {
			continue
		}
		list = append(list, ledgerEntry{OpenItem: OpenItem{
			ID: id, Kind: OpenTask, Name: cmp.Or(m.Name, guid), Since: m.At, By: s.stopBy(), ClosesBy: ClosedByWord, Holds: true,
			What: "this migration had to " + m.Object, Why: "Nothing starts it again. Start it on the " + s.side() + " if its work is not done.",
		}})
	}
	return list
}

func (s *State) stopBy() string {
	if s.Choices.Stop != nil {
		return s.Choices.Stop.By
	}
	return ""
}

// schedulerEntries are the services that start tasks: their schedules were switched off,
// or somebody has said why they do no harm.
func (s *State) schedulerEntries() []ledgerEntry {
	var list []ledgerEntry
	add := func(id, name string, at time.Time, by string, found bool) {
		if slices.ContainsFunc(list, func(e ledgerEntry) bool { return e.ID == id }) {
			return
		}
		list = append(list, ledgerEntry{found: found, OpenItem: OpenItem{
			ID: id, Kind: OpenScheduler, Name: name, Since: at, By: by, ClosesBy: ClosedByWord, Holds: true,
			What: name + " is to be switched on again", Why: "Its schedules were switched off for the cut-over, or let be. Look what they missed.",
		}})
	}
	waivers := s.Choices.Waivers
	for _, f := range s.Choices.Former {
		waivers = append(waivers[:len(waivers):len(waivers)], f.Waivers...)
	}
	for _, w := range waivers {
		if WriterScheduler.has(w.ID) {
			add(w.ID, w.Name, w.At, w.By, false)
		}
	}
	for _, m := range s.History {
		if m.Kind == MomentOpenItem && WriterScheduler.has(m.ID) && m.Status == itemFound {
			add(m.ID, m.Name, m.At, "", true)
		}
	}
	if s.cuttingOver() {
		for _, x := range s.Facts.Elsewhere.Schedulers {
			add(WriterScheduler.line(x.GUID), x.Name, s.At, "", true)
		}
	}
	return list
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
