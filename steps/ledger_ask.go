package steps

import "slices"

// Fields of [OptionCloseItem], which closes an open thing.
const (
	FieldItem   = "item"
	FieldCloser = "by"
	FieldNote   = "note"
)

// closeOption closes one open thing by somebody's word: each is a word of its own.
func (s *State) closeOption(open []OpenItem) Option {
	f := Field{ID: FieldItem, Label: "Which one", Kind: FieldOne, Help: "one at a time: each is a word of its own"}
	for _, i := range open {
		f.Choices = append(f.Choices, Choice{i.ID, i.What, i.Why})
	}
	return Option{
		ID: OptionCloseItem, Label: "Say that one of them is done…",
		Consequence: "the word stands in the record, with the name",
		Fields: []Field{
			f,
			{ID: FieldCloser, Label: "Who says so", Kind: FieldText, Default: s.Facts.Session.User},
			{ID: FieldNote, Label: "What was done, or seen", Kind: FieldText, Help: "for example: roles created, orders-board restarted with the new address"},
		},
	}
}

// closable are the open things of a list that a word of this option may close: an alarm
// has an option of its own.
func closable(open []OpenItem) []OpenItem {
	return slices.DeleteFunc(slices.Clone(open), func(i OpenItem) bool { return i.Kind == OpenAlarm })
}

// warnOfOpen changes a question about something of the source that is for good, while
// things are open: they stand in its reason and in the consequence of the option that goes
// on; what keeps is proposed. Alarms have words of their own: [State.warnOfLoss].
func (s *State) warnOfOpen(q *Question, goesOn, keeps, alone string) {
	held := s.holding()
	if len(held) == 0 {
		return
	}
	q.Recommended, q.Unattended = keeps, alone
	open := closable(held)
	if len(open) == 0 {
		return
	}
	if q.Tone != Bad {
		q.Tone = Warn
	}
	q.Why = thingsOpen(len(open)) + ": " + sayOpen(open) + ". " + q.Why
	for i := range q.Options {
		if o := &q.Options[i]; o.ID == goesOn {
			o.Consequence = thingsOpen(len(open)) + ", and with the source nobody can look there any more; " + o.Consequence
		}
	}
	q.Options = append(q.Options, s.closeOption(open))
}

// ledgerItems shows the lines of the ledger: what is open first. Why each matters stands
// beside it where it is closed.
func (s *State) ledgerItems() []Item {
	var open, closed []Item
	for _, i := range s.ledger() {
		switch {
		case !i.Holds && i.Kind != OpenBinding && s.Choices.Ended == nil: // the clean-up asks for it
		case i.IsOpen():
			open = append(open, toned(Warn, "Open: %s.", i.What))
		case i.ClosedBy != "":
			closed = append(closed, quiet("Closed by %s: %s (%s).", i.ClosedBy, i.What, i.Note))
		case i.Kind != OpenReach:
			closed = append(closed, quiet("Closed by a look: %s.", i.What))
		}
	}
	return append(open, closed...)
}

// openBadge counts for the rail what should be closed before the source goes; after the
// end, all that is open.
func (s *State) openBadge() string {
	open := s.holding()
	if s.Choices.Ended != nil {
		open = s.open()
	}
	if len(open) == 0 || !s.onTarget() {
		return ""
	}
	return plural(len(open), "open", "open")
}
