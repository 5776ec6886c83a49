package steps

import "slices"

// recalled is what a record says that is asked at every turn, so that it is not looked up
// again each time. It is worked out when a moment is added, and it is never more than a
// short cut: a record that it does not know, whole or in part, is read.
type recalled struct {
	of        History // the moments that are known
	completed []int   // the rounds in which the service was seen to say COMPLETED
}

// add adds a moment to a record.
func (t recalled) add(h History, m Moment) (History, recalled) {
	if !t.begins(h) {
		t = recalled{}
	}
	return t.read(append(h, m))
}

// read knows a record, which begins with the moments that are known already.
func (t recalled) read(h History) (History, recalled) {
	completed := slices.Clip(t.completed) // a state of before has it, too
	for i := len(t.of); i < len(h); i++ {
		if m := &h[i]; m.Is(MomentFinalization, Completed) && !slices.Contains(completed, m.Round) {
			completed = append(completed, m.Round)
		}
	}
	return h, recalled{h, completed}
}

// begins reports whether a record begins with the moments that are known: the very
// same, not such as are alike.
func (t recalled) begins(h History) bool {
	n := len(t.of)
	return n == 0 || n <= len(h) && &t.of[0] == &h[0]
}

// wasCompleted reports whether the service was seen to say COMPLETED in a round of a
// record.
func (t recalled) wasCompleted(h History, round int) bool {
	if !t.begins(h) {
		return h.Saw(round, MomentFinalization, Completed)
	}
	return slices.Contains(t.completed, round) || h[len(t.of):].Saw(round, MomentFinalization, Completed)
}
