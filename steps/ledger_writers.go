package steps

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

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
