package steps

import (
	"maps"
	"slices"
)

// settleUnclear decides, after observations that began later, about a request without a
// clear answer, and about one whose next try is due.
func (s *State) settleUnclear() {
	for _, key := range slices.Sorted(maps.Keys(s.Work)) { // in a fixed order, for the record
		w := s.Work[key]
		if !w.looksFirst() {
			continue
		}
		if slices.ContainsFunc(w.Effect.verb().proofs(w.Effect), func(k Observable) bool { return !s.fresh(k) || s.Seen[k].asked < w.since }) {
			continue
		}
		if w.Effect.verb().confirmed(s, w.Effect, w.At) {
			delete(s.Work, key)
			s.tookHold(w.Effect, 0, "")
			continue
		}
		switch {
		case w.Status == Deferred:
			w.asking, w.cleared = false, true
		case w.Problem.Passes():
			if s.putOff(&w); w.Status == Deferred && !s.At.Before(w.Next) {
				w.cleared = true // it was just looked at
			}
		default:
			w.Status = GoneWrong
		}
		s.Work[key] = w
	}
}
