package steps

import (
	"fmt"
	"strings"
	"time"
)

// Deed is what somebody did to an application, as the platform's audit events say.
type Deed struct {
	App     string // GUID
	Started bool   // else it was stopped
	By      string
	At      time.Time
}

// SawDeeds are the audit events of the applications of which it is not known how they were
// before.
type SawDeeds struct {
	Observation
	Deeds []Deed // the newest first
}

func (e SawDeeds) happen(s *State) []Effect {
	return s.take(ObserveDeeds, e.Observation, func() { s.Facts.Deeds = e.Deeds })
}

// deedLooks are wanted while somebody is asked what the platform may know.
func (s *State) deedLooks() []Look {
	if len(s.unsureApps()) == 0 {
		return nil
	}
	return []Look{{ObserveDeeds, paceIdle}}
}

// whoStopped says who has stopped the applications, as far as the platform tells: a hint
// for whoever is asked, and never an answer.
func (s *State) whoStopped(apps []App) string {
	if !s.looked(ObserveDeeds) {
		return ""
	}
	var says []string
	for _, a := range apps {
		if d := find(s.Facts.Deeds, func(d Deed) bool { return d.App == a.GUID }); d != nil && !d.Started {
			says = append(says, fmt.Sprintf("%s has stopped %s, %s", d.By, a.Name, clockTime(d.At, s.At)))
		}
	}
	if len(says) == 0 {
		return " Who has stopped " + them(len(apps)) + ", the platform does not say (its events are kept for about a month)."
	}
	return " The platform's events say: " + strings.Join(says, "; ") + "."
}

func them(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// askAdopted is the question before anything is changed of a migration that was not begun
// from here, and of which no note says who leads it; nil: it was, or somebody has said
// that this machine leads.
func (s *State) askAdopted(id ID) *Question {
	if id.Number() < Writers.Number() || s.Choices.Adopted != nil || s.Unrecorded() || !s.adopted() || !replication.found(s) {
		return nil
	}
	n := s.Names()
	q := &Question{
		ID: QuestionAdopted, Tone: Warn,
		Title: "The migration from " + n.SourceInstance + " to " + n.TargetInstance + " was not begun from here.",
		Why: "The service has it, and no record and no note says who leads it: a colleague, another machine, or this one, whose record is lost. " +
			"Ask before you go on: two must not lead at once.",
		Options: []Option{
			{ID: OptionWait, Label: "Watch", Consequence: "looks only; nothing is changed", Wait: true},
			{
				ID: OptionTakeOver, Label: "Nobody else leads it: go on from here…", Undo: UndoWork, Typed: "take over " + n.SourceInstance, Object: n.SourceInstance,
				Consequence: "from here on it is yours; how applications were before, you are asked where nobody knows",
			},
			{ID: OptionLook, Label: "Look again"},
		},
	}
	return q
}

func (s *State) decideAdopted(a Answer) {
	switch a.Option {
	case OptionTakeOver:
		s.Choices.Adopted = s.consent()
		s.record(Moment{Kind: MomentLead, Object: s.Names().SourceInstance, Status: LeadTaken, By: s.Facts.Session.User, Says: "of a migration that was not begun from here"})
	case OptionLook:
		s.invalidate(ObserveNote, ObserveReplication, ObserveFinalization, ObserveApps)
	}
}
