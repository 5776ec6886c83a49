package steps

import "strings"

// rows are the applications, one a line: name, what it is now, how it was, where
// it is bound.
func (s *State) rows() []Item {
	var items []Item
	for _, a := range s.Facts.Apps {
		m := s.memoryOf(a.GUID)
		state, tone := strings.ToLower(a.State), Plain
		switch {
		case a.Gone:
			state, tone = "gone", Bad
		case m != nil && s.completed():
			switch {
			case s.inPlace(*m, Target):
				tone = Good
			case a.State == Started && a.Crashed:
				state, tone = "crashed", Bad
			case a.State == Started && a.Healthy == No:
				state = "starting"
			}
		case m != nil && s.waived(*m):
			state, tone = state+", waived", Warn
		case m != nil && a.State == Stopped:
			tone = Good
		}
		was := plural(a.Instances(), "instance", "instances")
		if m != nil {
			was = "was " + strings.ToLower(m.State)
		}
		where := "not bound"
		switch {
		case a.Source != nil && a.Target != nil:
			where = "on both"
		case a.Source != nil:
			where = "on source"
		case a.Target != nil:
			where = "on target"
		}
		items = append(items, Item{Kind: ItemRow, Tone: tone, Cells: []string{a.Name, state, was, where}})
	}
	return items
}
