package steps

import "strings"

// afterwards reminds of what was settled on the person's word, for what may have been
// switched off by hand: nobody else switches it on again, or leads it to the target.
func (s *State) afterwards() []Item {
	waivers := s.Choices.Waivers
	onSource := s.Choices.BackOut != nil
	if n := len(s.Choices.Former); onSource && len(waivers) == 0 && n > 0 && s.Choices.Former[n-1].Round == s.Choices.Round {
		waivers = s.Choices.Former[n-1].Waivers // this cut-over was put away
	}
	var items []Item
	for _, w := range waivers {
		kind, _, _ := strings.Cut(w.ID, ":") // docs/journal.md
		switch WriterKind(kind) {
		case WriterScheduler:
			items = append(items, fact("See to", "switch the schedules of %s on again, if they are off", w.Name))
		case WriterKey, WriterMention:
			if onSource || w.Side == Target { // it has the target's address already
				items = append(items, fact("See to", "switch on again what uses %s, if it is off", w.Name))
				continue
			}
			items = append(items, fact("See to", "what uses %s goes on with the source's credentials: give it the target's", w.Name))
		case WriterApp, WriterTask, WriterUnseen:
		}
	}
	return items
}
