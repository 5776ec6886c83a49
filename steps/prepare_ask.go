package steps

import (
	"fmt"
	"slices"
	"strings"
)

// Fields of the option that says what is prepared.
const (
	FieldItems = "items"
	FieldState = "state"
	FieldBy    = "by"
)

// Prepares reports whether the list can be worked on where this is asked: before the
// replication, and while it runs for days.
func (q QuestionID) prepares() bool {
	switch q {
	case QuestionPreflight, QuestionPreflightCritical, QuestionPreflightWarnings, QuestionReplicate, QuestionReplicating, QuestionInSync:
		return true
	}
	return false
}

// offerPrepared adds the option that says what is prepared.
func (s *State) offerPrepared(q *Question) {
	if !q.ID.prepares() || s.downtime() {
		return
	}
	list := slices.DeleteFunc(s.preparations(), func(p Preparation) bool { return !p.askable() })
	if len(list) == 0 {
		return
	}
	open := 0
	items := pick(FieldItems, "Of what?", list, func(p Preparation) Choice {
		if p.State == PrepareOpen {
			open++
		}
		return Choice{string(p.ID), p.What, p.State.Words() + ": " + p.Seen + ". " + p.Why}
	})
	state := Field{ID: FieldState, Label: "How does it stand?", Kind: FieldOne, Default: string(PrepareDone)}
	for _, x := range []PrepareState{PrepareDone, PrepareNotNeeded, PrepareOpen} {
		state.Choices = append(state.Choices, Choice{ID: string(x), Label: x.Words()})
	}
	by := Field{ID: FieldBy, Label: "Who says so (optional)", Help: "goes into the record; empty: you", Kind: FieldText, Optional: true}
	o := Option{
		ID: OptionPrepared, Label: "Say what is prepared…", Fields: []Field{items, state, by},
		Consequence: fmt.Sprintf("%d open; it stops nothing", open),
	}
	q.Options = append(slices.Clip(q.Options), o)
}

// takePrepared takes in what somebody says of things to prepare.
func (s *State) takePrepared(a Answer) {
	state := PrepareState(a.Value(FieldState))
	words := slices.DeleteFunc(slices.Clone(s.Choices.Prepared), func(w PrepareWord) bool { return slices.Contains(a.Values[FieldItems], string(w.Item)) })
	for _, p := range s.preparations() {
		if state == PrepareOpen || !slices.Contains(a.Values[FieldItems], string(p.ID)) {
			continue
		}
		w := PrepareWord{Item: p.ID, State: state, At: s.At, By: strings.TrimSpace(a.Value(FieldBy))}
		if w.By == "" {
			w.By = s.Facts.Session.User
		}
		for _, r := range p.About {
			w.About = append(w.About, r.GUID)
		}
		words = append(words, w)
	}
	s.Choices.Prepared = words
}

// prepareItems is the list as a step shows it: a line, or a row for each where there is
// room.
func (s *State) prepareItems(rows bool) []Item {
	list := s.preparations()
	var open []string
	for _, p := range list {
		if p.State == PrepareOpen {
			open = append(open, p.What)
		}
	}
	switch {
	case len(list) == 0:
		return nil
	case len(open) == 0:
		return []Item{fact("Prepare", "nothing is open")}
	case !rows:
		return []Item{fact("Prepare", "%d open: %s", len(open), listNames(open, func(what string) string { return what }))}
	}
	items := []Item{fact("Prepare", "%d of %d open, to do before the downtime; it stops nothing", len(open), len(list))}
	for _, p := range list {
		row := Item{Kind: ItemRow, Tone: Warn, Cells: []string{p.What, p.State.Words(), p.Seen}}
		switch {
		case p.Settled():
			row.Tone = Good
		case p.State == PrepareUnknown:
			row.Tone = Quiet
		}
		if p.By != "" {
			row.Cells[2] = "says " + p.By
		}
		items = append(items, row)
	}
	return items
}
