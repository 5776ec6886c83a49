package steps

// maxParallel is how many applications are worked on at the same time. A space has one
// quota and one broker: more at once is not quicker, and harder to follow.
const maxParallel = 4

func (e Effect) perApp() bool { return e.verb().traits().perApp }

// due returns the requests to be sent now: one at a time, or a few that concern one
// application each; none while something is unclear.
func (s *State) due() []Effect {
	if s.Choices.Ended != nil || !s.signedIn() || s.follows() || s.doubtLead {
		return nil
	}
	taken := map[string]bool{} // applications that are worked on, or whose turn waits
	flying := 0
	for _, w := range s.Work {
		switch {
		case w.looksFirst(), w.Status == InFlight && !w.Effect.perApp():
			return nil
		case w.Status == InFlight:
			taken[w.Effect.App.GUID] = true
			flying++
		}
	}
	wanted := stepOf(current(s)).want(s)
	if s.heldBack(wanted) {
		return nil
	}
	var due []Effect
	for _, e := range wanted {
		e.Round = s.Choices.Round
		w, known := s.Work[e.ID()]
		if known && w.Status == Deferred && !w.cleared {
			if !e.perApp() {
				break // what comes after it relies on it
			}
			taken[e.App.GUID] = true
			continue
		}
		if known && w.Status != Deferred || taken[e.App.GUID] {
			continue
		}
		if flying == maxParallel || len(taken) > 0 && !e.perApp() {
			break
		}
		w.Effect, w.Status, w.At, w.cleared = e, InFlight, s.At, false
		s.Work[e.ID()] = w
		due = append(due, e)
		if !e.perApp() {
			break
		}
		taken[e.App.GUID] = true
		flying++
	}
	return due
}
