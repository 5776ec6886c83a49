package steps

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// BesideChoice is the word to begin a downtime while those of other migrations run.
type BesideChoice struct {
	At time.Time `json:"at"`
	By string    `json:"by,omitempty"`
	Of []string  `json:"of"` // the others, by identity: of one that begins later it says nothing
}

// downBeside are the other migrations of this space whose downtime runs, as far as the
// records of this machine and the notes on the targets say.
func (s *State) downBeside() []JournalSummary {
	w := s.Choices.Where
	return slices.DeleteFunc(WithNotes(s.Facts.Others, s.Facts.Notes), func(m JournalSummary) bool {
		return w == nil || m.ID == s.id || m.DownSince.IsZero() || !m.UnderWay() || m.API != w.API || m.Org != w.Org.Name || m.Space != w.Space.Name
	})
}

// beginsDowntime reports whether stopping the writers now would begin a downtime: none
// was consented to, and nothing is down.
func (s *State) beginsDowntime() bool {
	return s.Choices.Stop == nil && !s.completed() && !s.Facts.Finalization.Exists && !s.downtime()
}

// seenBeside reports whether it was looked for other downtimes, as far as that can be seen.
func (s *State) seenBeside() bool {
	for _, see := range []Observable{ObserveMigrations, ObserveNotes} {
		if !s.fresh(see) && s.Seen[see].Problem == nil {
			return false
		}
	}
	return true
}

// askBeside asks before a second downtime begins in a space; nil: none runs there, or a
// person has said to begin beside it.
func (s *State) askBeside() *Question {
	if !s.beginsDowntime() {
		return nil
	}
	said := func(m JournalSummary) bool {
		return s.Choices.Beside != nil && slices.Contains(s.Choices.Beside.Of, m.ID)
	}
	down := slices.DeleteFunc(s.downBeside(), said)
	if len(down) == 0 {
		return nil
	}
	names := listNames(down, JournalSummary.inDowntime)
	return &Question{
		ID: QuestionBeside, Tone: Warn, Recommended: OptionLook,
		Title: fmt.Sprintf("Another downtime runs in this space: %s.", names),
		Why:   "One migration at a time is led through its downtime: what goes wrong in it needs all of you, and two at once are hard to keep apart. These databases stay in sync until then.",
		Options: []Option{
			{ID: OptionLook, Label: "Look again", Consequence: "when the other one is through"},
			{ID: OptionLater, Label: "Not now", Consequence: "back to watching; the databases stay in sync"},
			{
				ID: OptionBeside, Label: "Go on beside it", Undo: UndoWork, Typed: "two downtimes",
				Consequence: "two downtimes at once; your name goes into the record",
			},
		},
	}
}

// inDowntime says which migration it is, and since when it is down.
func (m JournalSummary) inDowntime() string {
	says := fmt.Sprintf("%s → %s, since %s", m.Source, m.Target, m.DownSince.Format(dayAndTime))
	if by := cmp.Or(m.Lead, m.By); by != "" {
		says += ", " + by
	}
	return says
}

// decideBeside takes in an answer to that; it reports whether it was one.
func (s *State) decideBeside(a Answer) bool {
	if a.Question != QuestionBeside {
		return false
	}
	switch a.Option {
	case OptionLook:
		s.invalidate(ObserveMigrations, ObserveNotes)
	case OptionLater:
		s.Choices.GoOn = nil
	case OptionBeside:
		down := s.downBeside()
		c := &BesideChoice{At: s.At, By: s.Facts.Session.User}
		for _, m := range down {
			c.Of = append(c.Of, m.ID)
		}
		s.Choices.Beside = c
		s.record(Moment{Kind: MomentAcceptance, ID: "downtime-beside", Object: "a downtime beside " + listNames(down, JournalSummary.inDowntime), Status: accepted, By: c.By})
	}
	return true
}
