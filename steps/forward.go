package steps

// wayForward is the way out of a back-out, on to the target after all: it stays open
// while the applications are not home. What the service said stays true.
func (s *State) wayForward() []Option {
	if s.Choices.BackOut == nil || !s.completed() || s.allHome() {
		return nil
	}
	o := Option{
		ID: OptionForward, Label: "Go on to the target after all", Undo: UndoWork,
		Consequence: "binds and starts the applications there; the target has everything up to the finalization",
	}
	if s.startedBack() {
		o.Undo, o.Typed = UndoNever, "go on to "+s.Choices.Target.nameOr("the target")
		o.Consequence = "what the applications have written to the source since they were started there is LOST"
	}
	return []Option{o}
}

// startedBack reports whether this back-out has started an application on the source.
func (s *State) startedBack() bool {
	b := s.Choices.BackOut
	return s.History.Has(s.Choices.Round, func(m *Moment) bool { return m.Is(MomentApp, AppStarted) && !m.At.Before(b.At) })
}

// goForward gives a back-out up. The applications are brought to the target anew.
func (s *State) goForward() {
	s.dropWork(func(w Work) bool { return w.Status == GoneWrong || w.Status == PassedBy })
	s.Choices.BackOut = nil
	if s.Choices.Switch != nil {
		s.switchAgain()
	}
	s.invalidate(ObserveApps, ObserveShares)
}
