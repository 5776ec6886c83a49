package steps

import (
	"fmt"
	"strings"
)

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
			case a.State == Started && a.NotReady:
				state, tone = "not ready", Warn
			case a.State == Started && a.Healthy == Unknown && a.Ailment != "":
				state, tone = "not known", Warn
			case a.State == Started && a.Healthy != Yes: // ordered, and not seen to be up yet
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
		switch {
		case s.isGreen(a) && s.targetWatched():
			was = greenWaits
		case s.isGreen(a), m != nil && m.State == Stopped && s.pickedGreen(a.GUID):
			was = "green, was stopped"
		}
		items = append(items, Item{Kind: ItemRow, Tone: tone, Cells: []string{a.Name, state, was, s.where(&a)}, Of: ObserveApps})
	}
	return items
}

// where says where an application is bound, how often where that is more than once, and
// what is left of the side that it has gone from.
func (s *State) where(a *App) string {
	on := func(side Side) string {
		words := "on " + string(side)
		if n := len(*a.at(side)); n > 1 {
			words += fmt.Sprintf(" ×%d", n)
		}
		return words
	}
	for _, to := range []Side{Target, Source} {
		if l := s.leftOld(a.GUID, to); l != nil && *a.at(to) != nil && *a.at(to.other()) != nil {
			return on(to) + ", old binding left"
		}
	}
	switch {
	case len(a.Source) == 1 && len(a.Target) == 1:
		return "on both"
	case a.Source != nil && a.Target != nil:
		return on(Source) + ", " + on(Target)
	case a.Source != nil:
		return on(Source)
	case a.Target != nil:
		return on(Target)
	}
	return "not bound"
}
