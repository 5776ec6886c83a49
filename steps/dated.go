package steps

import "time"

// seenFact is a fact that rests on a look.
func seenFact(see Observable, label, format string, args ...any) Item {
	item := fact(label, format, args...)
	item.Of = see
	return item
}

// dated says of what is not seen now when it was: nothing on a page passes for the
// present without a look of now behind it.
func (s *State) dated(items []Item) []Item {
	var list []Item
	told := map[Observable]bool{}
	for _, it := range items {
		when := s.lastSeen(it.Of)
		switch {
		case when == "":
		case it.Kind == ItemHeadline:
			it.Label, it.Brief = when, false
		case it.Kind == ItemFact:
			it.Text = when + ": " + it.Text
		case !told[it.Of]: // once for a table, whose lines stay as they are
			list = append(list, text("The %s: %s.", it.Of, when))
		}
		told[it.Of] = true
		list = append(list, it)
	}
	return list
}

// lastSeen is when something was seen that is not seen now, in words; empty: it is.
func (s *State) lastSeen(see Observable) string {
	if at := SeenBefore(*s, see); !at.IsZero() {
		return "last seen " + clockTime(at, s.At)
	}
	return ""
}

// SeenBefore is when something was seen last that is not seen now; zero where it is, was
// never, or cannot change any more.
func SeenBefore(s State, see Observable) time.Time {
	process := see == ObserveReplication || see == ObserveFinalization
	basis, at := s.basis(see)
	if see == "" || basis != BasisLastSeen || process && s.completed() && s.Choices.BackOut == nil {
		return time.Time{}
	}
	return at
}
