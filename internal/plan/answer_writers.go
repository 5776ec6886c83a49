package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pg-migrate-wizard/steps"
)

// answerWriters waives what the plan names and stops the rest. Nothing is stopped
// while a writer is left that only a person can switch off: the downtime would begin,
// and could not end. A writer that comes back is stopped again, a few times: then
// somebody has to find out who starts it.
func answerWriters(p Plan, q *steps.Question, s *steps.State) (reply, error) {
	lines := steps.Census(*s)
	if err := p.ambiguous(lines); err != nil {
		return reply{}, err
	}
	if r, ok := p.waiving(q, lines); ok {
		return r, nil
	}
	o, can := q.Option(steps.OptionStop)
	first := s.Choices.Stop == nil
	if left := undecided(lines); len(left) > 0 && (first || !can) {
		return reply{}, open(KeyWaive, NotSettled, what(left), suggestWaivers(left, lines))
	}
	if first {
		if err := p.checkApps(s); err != nil {
			return reply{}, err
		}
	}
	if answered(s, q, steps.OptionStop) >= maxTries {
		return failed(p, q, s)
	}
	r := reply{option: steps.OptionStop, values: map[string][]string{}}
	for _, f := range o.Fields {
		if f.ID == "limit" {
			r.values[f.ID] = []string{strconv.Itoa(minutes(p.Stop.DecisionAfter))}
		}
	}
	return r, nil
}

// answerBeside begins a downtime beside another one only where the plan says so.
func answerBeside(p Plan, q *steps.Question, _ *steps.State) (reply, error) {
	if !p.Stop.Beside {
		return reply{}, open(KeyBeside, OtherDowntime, q.Title)
	}
	return reply{option: steps.OptionBeside}, nil
}

// minutes rounds up: nobody is asked too early.
func minutes(d time.Duration) int { return int((d + time.Minute - 1) / time.Minute) }

// waiving waives the open lines that the plan names, one at a time; false when there are
// none.
func (p Plan) waiving(q *steps.Question, lines []steps.Writer) (reply, bool) {
	o, _ := q.Option(steps.OptionWaive)
	for _, f := range o.Fields {
		for _, c := range f.Choices {
			i := slices.IndexFunc(lines, func(l steps.Writer) bool { return l.ID == c.ID && !l.Settled() })
			if i < 0 {
				continue
			}
			if w, named := p.waiver(lines[i]); named {
				return reply{option: steps.OptionWaive, values: map[string][]string{"lines": {c.ID}, "reason": {w.Reason}}}, true
			}
		}
	}
	return reply{}, false
}

// waiver returns the plan's waiver for a line of the census, which it names by kind
// and name, or by the line's own identity.
func (p Plan) waiver(line steps.Writer) (Waiver, bool) {
	i := slices.IndexFunc(p.Waive, func(w Waiver) bool { return line.CalledBy(w.Writer) })
	if i < 0 {
		return Waiver{}, false
	}
	return p.Waive[i], true
}

// ambiguous refuses a name that several writers have: more would be waived than was
// meant. Tasks often share a name.
func (p Plan) ambiguous(lines []steps.Writer) error {
	for _, w := range p.Waive {
		var ids []string
		for _, l := range lines {
			if l.Kind != steps.WriterTask && l.Handle() == w.Writer {
				ids = append(ids, l.ID)
			}
		}
		if len(ids) > 1 {
			return open(KeyWaive, SeveralWriters, w.Writer, len(ids), strings.Join(ids, ", "))
		}
	}
	return nil
}

// undecided lists what is open and the wizard cannot stop.
func undecided(lines []steps.Writer) []steps.Writer {
	return slices.DeleteFunc(slices.Clone(lines), func(l steps.Writer) bool { return l.Fate != steps.FateDecide })
}

func what(lines []steps.Writer) string {
	list := make([]string, len(lines))
	for i, l := range lines {
		list[i] = l.Name + " (" + l.What + ")"
	}
	return strings.Join(list, "; ")
}

// suggestWaivers is what could stand in the plan, but for the reasons.
func suggestWaivers(open, lines []steps.Writer) string {
	list := make([]string, len(open))
	for i, l := range open {
		name := l.Handle()
		alike := func(o steps.Writer) bool { return o.ID != l.ID && o.Handle() == name }
		if slices.ContainsFunc(lines, alike) {
			name = l.ID
		}
		list[i] = fmt.Sprintf("{writer: %q, reason: …}", name)
	}
	return strings.Join(list, ", ")
}

// Unmatched lists the writers that the plan waives and the census does not have:
// mistyped, or gone.
func (p Plan) Unmatched(census []steps.Writer) []string {
	var list []string
	for _, w := range p.Waive {
		if !slices.ContainsFunc(census, func(l steps.Writer) bool { return l.CalledBy(w.Writer) }) {
			list = append(list, w.Writer)
		}
	}
	return list
}
