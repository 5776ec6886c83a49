package plan

import (
	"slices"
	"strconv"
	"strings"

	"pg-migrate-wizard/steps"
)

// answerCheck runs the check, and fills in what the plan knows of the source.
func answerCheck(p Plan, q *steps.Question, _ *steps.State) (reply, error) {
	return reply{option: steps.OptionCheck, values: p.Limits.values(q, steps.OptionCheck)}, nil
}

// values are the fields about the source that the plan knows.
func (l Limits) values(q *steps.Question, option string) map[string][]string {
	values := map[string][]string{}
	for field, n := range map[string]int{"size": l.SizeGB, "schemas": l.Schemas, "relations": l.Relations} {
		if n > 0 {
			values[field] = []string{strconv.Itoa(n)}
		}
	}
	o, _ := q.Option(option)
	for _, f := range o.Fields {
		if f.ID != "sure" {
			continue
		}
		for _, c := range f.Choices { // what was confirmed before is not asked again
			if slices.Contains(l.Sure, c.ID) {
				values[f.ID] = append(values[f.ID], c.ID)
			}
		}
	}
	return values
}

// answerLimits answers where the source is larger than is supported, as somebody has
// said: with the plan's own numbers, or by going on all the same.
func answerLimits(p Plan, q *steps.Question, s *steps.State) (reply, error) {
	if p.Limits.Anyway {
		return reply{option: steps.OptionAnyway}, nil
	}
	schemas, relations := p.Limits.Schemas, p.Limits.Relations
	if l := s.Choices.Limits; l != nil {
		if schemas == 0 {
			schemas = l.Schemas
		}
		if relations == 0 {
			relations = l.Relations
		}
	}
	if schemas > steps.MaxSchemas || relations > steps.MaxRelations {
		return reply{}, open(KeyAnyway, MoreThanAllowed, q.Title)
	}
	return reply{option: steps.OptionLimits, values: p.Limits.values(q, steps.OptionLimits)}, nil
}

// answerWarnings accepts exactly what the plan names; the others stay open.
func answerWarnings(p Plan, q *steps.Question, s *steps.State) (reply, error) {
	if p.Accept.All || s.Facts.Findings == nil {
		return reply{option: steps.OptionAccept}, nil
	}
	var named, left []string
	for _, f := range s.Facts.Findings.List {
		_, already := s.Choices.Acceptance(f.ID)
		switch {
		case f.Critical || already:
		case slices.Contains(p.Accept.Findings, f.ID):
			named = append(named, f.ID)
		default:
			left = append(left, f.ID+" ("+f.Text+")")
		}
	}
	if len(left) == 0 {
		return reply{option: steps.OptionAccept}, nil
	}
	named = offered(q, steps.OptionAcceptSome, named)
	if len(named) == 0 {
		return reply{}, open(KeyAccept, NotAccepted, strings.Join(left, ", "))
	}
	return reply{option: steps.OptionAcceptSome, values: map[string][]string{"findings": named}}, nil
}

// offered are those of some identities that an option lets choose.
func offered(q *steps.Question, option string, ids []string) []string {
	o, _ := q.Option(option)
	var list []string
	for _, f := range o.Fields {
		for _, c := range f.Choices {
			if slices.Contains(ids, c.ID) {
				list = append(list, c.ID)
			}
		}
	}
	return list
}
