package steps

import "slices"

// told is what a record says that is asked at every turn, so that it is not looked up
// again each time. It is worked out when a moment is added, and it is never more than a
// short cut: a record that it does not know, whole or in part, is read.
type told struct {
	of        History // the moments that are known
	completed []int   // the rounds in which the service was seen to say COMPLETED
}

// add adds a moment to a record.
func (t told) add(h History, m Moment) (History, told) {
	if !t.begins(h) {
		t = told{}
	}
	return t.read(append(h, m))
}

// read knows a record, which begins with the moments that are known already.
func (t told) read(h History) (History, told) {
	completed := slices.Clip(t.completed) // a state of before has it, too
	for i := len(t.of); i < len(h); i++ {
		if m := &h[i]; m.Is(MomentFinalization, Completed) && !slices.Contains(completed, m.Round) {
			completed = append(completed, m.Round)
		}
	}
	return h, told{h, completed}
}

// begins reports whether a record begins with the moments that are known: the very
// same, not such as are alike.
func (t told) begins(h History) bool {
	n := len(t.of)
	return n == 0 || n <= len(h) && &t.of[0] == &h[0]
}

// wasCompleted reports whether the service was seen to say COMPLETED in a round of a
// record.
func (t told) wasCompleted(h History, round int) bool {
	if !t.begins(h) {
		return h.Saw(round, MomentFinalization, Completed)
	}
	return slices.Contains(t.completed, round) || h[len(t.of):].Saw(round, MomentFinalization, Completed)
}
