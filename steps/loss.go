package steps

import (
	"fmt"
	"slices"
	"time"
)

// AlarmWord is what a person has said about an alarm that may have cost writes.
type AlarmWord struct {
	ID    string    `json:"id"`    // of the alarm
	Since time.Time `json:"since"` // when it began
	Word  string    `json:"word"`  // OptionCompared: answered; OptionAccept: seen, and left open
	At    time.Time `json:"at"`
	By    string    `json:"by,omitempty"`
}

// costly reports whether an alarm may have cost writes: what is written to the source
// since a finalization has begun is not carried over, and what was written to the target
// may stand against it. A migration that goes back has its
// writes on the source.
func (s *State) costly(a Alarm) bool {
	if a.Drift() || a.Round != s.Choices.Round || s.Choices.BackOut != nil {
		return false
	}
	begun := s.finalizationBegun()
	if begun.IsZero() {
		return false
	}
	if a.Side.onTarget() {
		return true // what was written to the target is there still, whenever it was
	}
	if !a.Until.IsZero() && a.Until.Before(begun) {
		return false
	}
	former := s.Choices.Former
	n := len(former)
	return n == 0 || former[n-1].BackOut == nil || a.Until.IsZero() || a.Until.After(former[n-1].BackOut.At)
}

// found reports whether an alarm is about something that ran already when this migration
// found a finalization of somebody else: since when is not known then.
func (a Alarm) found(s *State) bool {
	return s.costly(a) && !s.History.Has(a.Round, func(m *Moment) bool {
		return m.Answered(QuestionStopWriters, OptionStop) && !m.At.After(a.Since)
	})
}

// finalizationBegun is when the finalization of this round was sent, or first seen; zero:
// there is none.
func (s *State) finalizationBegun() time.Time {
	begun := s.History.First(s.Choices.Round, func(m *Moment) bool { return m.Did(DoCreateFinalization) || m.Kind == MomentFinalization })
	if begun == nil {
		return time.Time{}
	}
	return begun.SentAt()
}

// wordOn is what was said of an alarm last; empty: nothing.
func (s *State) wordOn(a Alarm) string {
	said := ""
	for _, w := range s.Choices.AlarmWords {
		if w.ID == a.ID && w.Since.Equal(a.Since) {
			said = w.Word
		}
	}
	return said
}

// losses are the alarms that may have cost writes and that nobody has answered, by
// comparing what is on both sides.
func (s *State) losses() []Alarm {
	return slices.DeleteFunc(alarms(s), func(a Alarm) bool { return !s.costly(a) || s.wordOn(a) == OptionCompared })
}

// LossAlarms are the alarms of this cut-over that may have cost writes and were not
// answered. They are open to the end of the migration, and beyond.
func LossAlarms(s State) []Alarm { return s.losses() }

// MayHaveCost reports whether the alarm may have cost writes, and what was said of it:
// OptionCompared where the rows were compared, OptionAccept where the person goes on with
// it open; empty: nothing.
func (a Alarm) MayHaveCost(s State) (bool, string) { return s.costly(a), s.wordOn(a) }

// lossWords says in a few words what is open; empty: nothing.
func (s *State) lossWords() string {
	open := s.losses()
	if len(open) == 0 {
		return ""
	}
	a := open[0]
	when := "since " + a.Since.Format("15:04:05")
	switch {
	case a.found(s):
		when = "since the finalization began"
	case !a.Until.IsZero():
		when = "from " + a.Since.Format("15:04:05") + " to " + a.Until.Format("15:04:05")
	}
	words := a.Side.missing(fmt.Sprintf("what %s could write to %s %s", a.Name, a.Side.Database(), when))
	if more := len(open) - 1; more > 0 {
		side := sideOfAlarms(open)
		while := "while it was finalized"
		if side.onTarget() {
			while = "before COMPLETED"
		}
		words = side.missing(fmt.Sprintf("what %s and %s could write to %s %s", a.Name, plural(more, "other", "others"), side.Database(), while))
	}
	return words
}

// keptOr is what going back to the source means for the data: none, or, where something
// wrote there while it was finalized, that going back keeps it. Nobody says that nothing
// is lost while going on may lose it.
func (s *State) keptOr(none string) string {
	if open := s.losses(); len(open) > 0 {
		side := sideOfAlarms(open)
		wrote := "what " + listNames(open, func(a Alarm) string { return a.Name }) + " wrote to "
		switch side {
		case Target:
			return "the source has all that was written to it; " + wrote + "the target stays there"
		case Both:
			return wrote + "the source is kept, and on the target it stays there"
		}
		return wrote + "the source is kept"
	}
	return none
}

// warnOfLoss changes a question that goes on over an open alarm: the alarm stands in its
// reason and in the consequence of the option that goes on; what waits, or keeps, is
// proposed, also where nobody is there; unless alone names what is to be done then.
func (s *State) warnOfLoss(q *Question, goesOn, keeps, alone string) {
	words := s.lossWords()
	if words == "" {
		return
	}
	q.Tone, q.Recommended, q.Unattended = Bad, keeps, alone
	q.Why = "ALARM: " + words + ". " + q.Why
	for i := range q.Options {
		if o := &q.Options[i]; o.ID == goesOn || o.ID == OptionArrange || o.ID == OptionGreen {
			o.Consequence = words + "; " + o.Consequence
		}
	}
}

// askAlarm asks about alarms that may have cost writes, before it is asked whether the
// applications work: what is missing is found now, while both databases are there. Nil:
// each has a word.
func (s *State) askAlarm() *Question {
	open := slices.DeleteFunc(s.losses(), func(a Alarm) bool { return s.wordOn(a) != "" })
	if len(open) == 0 {
		return nil
	}
	q := &Question{
		ID: QuestionAlarm, Tone: Bad, Recommended: OptionWait, Unattended: OptionAccept, More: MoreCommands,
		Title: sideOfAlarms(open).doubt() + " Were the databases compared?",
		Why:   open[0].Meaning(*s) + " Look into the tables that it writes, on both sides, for rows of that time.",
		Options: []Option{
			{ID: OptionWait, Label: "Not yet", Wait: true, Consequence: "nothing is deleted; both databases stay to be compared"},
			s.comparedOption(),
			{ID: OptionAccept, Label: "Go on with the alarm open", Consequence: s.lossWords() + "; it stays in every account, and deleting the source takes a word of its own", Undo: UndoWork},
		},
	}
	return s.orBack(q)
}

// comparedOption answers the open alarms.
func (s *State) comparedOption() Option {
	return Option{
		ID: OptionCompared, Label: "Compared: nothing is missing on the target", Typed: "nothing is missing", Undo: UndoWork,
		Consequence: "answers the alarm; your word stands in the record",
	}
}

// answerAlarms takes a person's word on all open alarms.
func (s *State) answerAlarms(word string) {
	said := slices.Clone(s.Choices.AlarmWords)
	for _, a := range s.losses() {
		said = append(said, AlarmWord{a.ID, a.Since, word, s.At, s.Facts.Session.User})
	}
	s.Choices.AlarmWords = said
}

// answerAlarm takes somebody's word on the alarms about one writer.
func (s *State) answerAlarm(id, word, by string) {
	said := slices.Clone(s.Choices.AlarmWords)
	for _, a := range s.losses() {
		if a.ID == id {
			said = append(said, AlarmWord{a.ID, a.Since, word, s.At, by})
		}
	}
	s.Choices.AlarmWords = said
}

// lossItems is a red line for every screen, from the alarm to the end.
func (s *State) lossItems(now time.Time) []Item {
	var items []Item
	for _, a := range alarms(s) {
		switch {
		case !s.costly(a):
			continue
		case s.wordOn(a) == OptionCompared:
			items = append(items, toned(Warn, "%s could write to %s while it was finalized. The databases were compared since: nothing is missing.", a.Name, a.Side.Database()))
			continue
		case a.Until.IsZero() && !a.found(s):
			items = append(items, toned(Bad, "%s has been able to write to %s since %s, for %s now: %s.", a.Name, a.Side.Database(), a.Since.Format("15:04:05"), lasting(now.Sub(a.Since)), a.Side.missing("what it writes")))
		default:
			items = append(items, toned(Bad, "%s", a.Meaning(*s)))
		}
		items[len(items)-1].Key = a.ID + a.Since.String()
	}
	return items
}

// wordToLose has to be typed where something is deleted while an alarm is open: another
// word than for deleting it on a good day.
func wordToLose(source string) string { return "lose writes to " + source }
