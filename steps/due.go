package steps

// maxParallel is how many applications are worked on at the same time. A space has one
// quota and one broker: more at once is not quicker, and harder to follow.
const maxParallel = 4

func (e Effect) perApp() bool { return e.verb().traits().perApp }

// due returns the requests to be sent now: one at a time, or a few that concern one
// application each; none while something is unclear.
func (s *State) due() []Effect {
	if s.Choices.Ended != nil || !s.signedIn() {
		return nil
	}
	taken := map[string]bool{} // applications that are worked on
	for _, w := range s.Work {
		switch {
		case w.Status == Unclear, w.Status == InFlight && !w.Effect.perApp():
			return nil
		case w.Status == InFlight:
			taken[w.Effect.App.GUID] = true
		}
	}
	var due []Effect
	for _, e := range stepOf(current(s)).want(s) {
		e.Round = s.Choices.Round
		if _, waiting := s.Work[e.ID()]; waiting || taken[e.App.GUID] {
			continue
		}
		if len(taken) == maxParallel || len(taken) > 0 && !e.perApp() {
			break
		}
		s.Work[e.ID()] = Work{Effect: e, Status: InFlight, At: s.At}
		due = append(due, e)
		if !e.perApp() {
			break
		}
		taken[e.App.GUID] = true
	}
	return due
}
