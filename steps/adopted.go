package steps

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
