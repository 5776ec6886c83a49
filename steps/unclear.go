package steps

import (
	"maps"
	"slices"
)

// settleUnclear decides about unclear requests once a look that began later is in.
func (s *State) settleUnclear() {
	for _, key := range slices.Sorted(maps.Keys(s.Work)) { // in one order, for the record
		w := s.Work[key]
		if w.Status != Unclear {
			continue
		}
		looked := true
		for _, k := range w.Effect.verb().proofs(w.Effect) {
			seen := s.Seen[k]
			looked = looked && seen.Fresh() && seen.asked >= w.since
		}
		if !looked {
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
