package steps

import (
	"strings"
	"time"
)

// Statuses of moments about open things.
const (
	itemFound  = "open"
	itemClosed = "closed"
)

// unseenSpace is the kind of an [Unseen] that is a whole space.
const unseenSpace = "space"

// has reports whether an identity is that of a line of the census of this kind.
func (k WriterKind) has(id string) bool { return strings.HasPrefix(id, string(k)+":") }

// ledgerTurn is what was recorded of an open thing last; nil: nothing.
func (s *State) ledgerTurn(id string) *Moment {
	return s.History.Last(s.Choices.Round, func(m *Moment) bool { return m.Kind == MomentOpenItem && m.ID == id })
}

// foundAt is when a look found it first, or now.
func (s *State) foundAt(id string) time.Time {
	m := s.History.First(s.Choices.Round, func(m *Moment) bool { return m.Kind == MomentOpenItem && m.ID == id && m.Status == itemFound })
	if m != nil {
		return m.At
	}
	return s.At
}

// wasFound reports whether a look finds it, or has.
func (s *State) wasFound(e ledgerEntry) bool { return e.gone == No || s.ledgerTurn(e.ID) != nil }

// cuttingOver reports whether applications were, or are being, taken from the source: from
// then on whoever else has its address matters.
func (s *State) cuttingOver() bool { return s.frozen() || s.onTarget() }

// settleLedger records what looks have found, and what they find no more: a later look
// may not be possible, and after the end nobody looks.
func settleLedger(s *State) {
	if s.Choices.Ended != nil || s.Choices.BackOut != nil || !s.signedIn() || !s.cuttingOver() {
		return
	}
	for _, e := range s.entries() {
		turn, was := s.ledgerTurn(e.ID), ""
		if turn != nil {
			was = turn.Status
		}
		m := Moment{Kind: MomentOpenItem, ID: e.ID, Object: e.What, Name: e.Name, Says: e.detail}
		switch {
		case s.closingWord(e.ID) != nil:
			continue
		case e.found && was == "", e.gone == No && was == itemClosed:
			m.Status = itemFound
		case e.gone == Yes && was != itemClosed && (s.onTarget() || e.found):
			m.Status = itemClosed
		default:
			continue
		}
		s.record(m)
	}
}

// elsewhereLooks are the looks for who still has the source's address after the switch:
// once, and again as long as somebody has it. They need the source's keys, which tell it.
func (s *State) elsewhereLooks() []Look {
	if s.fresh(ObserveInstances) && s.instance(s.Choices.Source) == nil {
		return nil // nobody knows its address any more
	}
	looks := []Look{{ObserveSourceKeys, paceIdle}}
	if !s.looked(ObserveSourceKeys) {
		return looks
	}
	elsewhere := Look{ObserveElsewhere, 0}
	for _, e := range s.entries() {
		if e.IsOpen() && (e.Kind == OpenMention || WriterUnseen.has(e.ID)) {
			elsewhere.Every = paceElsewhere
		}
	}
	return append(looks, elsewhere)
}
