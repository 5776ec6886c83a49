package steps

import (
	"slices"
	"time"
)

// Acceptance is a person's consent to a warning. It keeps the service's words, so that
// the record says what was accepted.
type Acceptance struct {
	ID   string    `json:"id"` // of the finding
	At   time.Time `json:"at"`
	By   string    `json:"by,omitempty"`
	Text string    `json:"text"`
}

// Acceptance returns who accepted a finding; false when nobody has.
func (c Choices) Acceptance(id string) (Acceptance, bool) {
	if a := find(c.Accepted, func(a Acceptance) bool { return a.ID == id }); a != nil {
		return *a, true
	}
	return Acceptance{}, false
}

// pending are the warnings that nobody has accepted.
func (s *State) pending(f *Findings) []Finding {
	return slices.DeleteFunc(slices.Clone(f.List), func(x Finding) bool {
		_, accepted := s.Choices.Acceptance(x.ID)
		return x.Critical || accepted
	})
}

// acceptWarnings puts warnings into the record, each by itself and by name. What is
// critical cannot be accepted.
func (s *State) acceptWarnings(list []Finding) {
	c := &s.Choices
	c.Accepted = slices.Clip(c.Accepted)
	for _, x := range list {
		if _, already := c.Acceptance(x.ID); already || x.Critical {
			continue
		}
		by := s.Facts.Session.User
		c.Accepted = append(c.Accepted, Acceptance{ID: x.ID, At: s.At, By: by, Text: x.Text})
		s.record(Moment{Kind: MomentAcceptance, ID: x.ID, Object: x.Text, Status: accepted, By: by})
	}
}
