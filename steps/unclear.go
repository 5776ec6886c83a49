package steps

import (
	"maps"
	"slices"
)

// settleUnclear decides about an unclear request after observations that began later.
func (s *State) settleUnclear() {
	for _, key := range slices.Sorted(maps.Keys(s.Work)) { // in a fixed order, for the record
		w := s.Work[key]
		if w.Status != Unclear {
			continue
		}
		if slices.ContainsFunc(w.Effect.verb().proofs(w.Effect), func(k Observable) bool { return !s.fresh(k) || s.Seen[k].asked < w.since }) {
			continue
		}
		if w.Effect.verb().confirmed(s, w.Effect, w.At) {
			delete(s.Work, key)
			s.tookHold(w.Effect, 0)
			continue
		}
		w.Status = GoneWrong
		if w.Problem.Kind == "" {
			w.Problem = Problem{Kind: ProblemNetwork, Says: "The wizard ended before an answer came.", Unclear: true}
		}
		s.Work[key] = w
	}
}
