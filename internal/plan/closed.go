package plan

import (
	"fmt"
	"slices"
	"strings"

	"pg-migrate-wizard/steps"
)

// closing closes the open things that the plan has a word on, one at a time; false when
// there are none.
func (p Plan) closing(q *steps.Question, s *steps.State) (reply, bool) {
	o, _ := q.Option(steps.OptionCloseItem)
	if len(o.Fields) == 0 {
		return reply{}, false
	}
	for _, c := range p.Closed {
		item, err := steps.FindOpen(*s, c.Item)
		if err != nil || !slices.ContainsFunc(o.Fields[0].Choices, func(x steps.Choice) bool { return x.ID == item.ID }) {
			continue
		}
		return reply{option: steps.OptionCloseItem, values: map[string][]string{
			steps.FieldItem: {item.ID}, steps.FieldCloser: {c.By}, steps.FieldNote: {c.Reason},
		}}, true
	}
	return reply{}, false
}

// itemsOpen is why nothing of the source is deleted while things are open; nil: none are.
// Alarms are told by [lossOpen].
func itemsOpen(s *steps.State) error {
	var what, say []string
	for _, i := range steps.Holding(*s) {
		if i.Kind == steps.OpenAlarm {
			continue
		}
		what, say = append(what, i.What), append(say, fmt.Sprintf("{item: %q, by: …, reason: …}", steps.HandleOf(*s, i)))
	}
	if len(what) == 0 {
		return nil
	}
	return open(KeyClosed, ItemsOpen, strings.Join(what, "; "), strings.Join(say, ", "))
}
