package status

import (
	"slices"
	"strings"
	"time"

	"pg-migrate-wizard/steps"
)

// unhealthyApps names the applications that were started, and what keeps each from
// being well: "orders-worker: web 0 CRASHED".
func unhealthyApps(s steps.State) []string {
	if at := steps.Current(s); at != steps.Switch && at != steps.BackOut {
		return nil
	}
	var list []string
	for _, m := range s.Choices.Memory {
		i := slices.IndexFunc(s.Facts.Apps, func(a steps.App) bool { return a.GUID == m.GUID })
		if m.State != steps.Started || i < 0 || s.Choices.Switch != nil && slices.Contains(s.Choices.Switch.Left, m.GUID) {
			continue
		}
		if a := s.Facts.Apps[i]; a.State == steps.Started && a.Healthy == steps.No {
			list = append(list, line(a.Name+": "+dash(a.Ailment)))
		}
	}
	return list
}

// Decision tells what a plan decides where something has gone wrong, before it is
// done: the question, what is ill, and what it costs. Nothing is told of an answer
// that only goes on.
func Decision(q *steps.Question, a steps.Answer, s steps.State) (Event, bool) {
	o, _ := q.Option(a.Option)
	if o.Wait || a.Option != steps.OptionBackOut && a.Option != steps.OptionPostpone {
		return Event{}, false
	}
	e := Event{
		At: time.Now(), Event: eventDecision, Question: QuestionOf(q), Option: o.ID, Says: line(strings.TrimSuffix(o.Label, "…") + ": " + o.Consequence + "."),
		Key: "on-failure", WaitingFor: unhealthyApps(s), Lost: steps.BackOutPlan(s).Lost,
	}
	if q.ID == steps.QuestionDecision {
		e.Key = "on-late"
	}
	return e, true
}

// switchProblems are the applications that the switch has started and that do not run.
func switchProblems(s steps.State) []Problem {
	q := steps.Ask(s)
	if q == nil || q.ID != steps.QuestionSwitchIll {
		return nil
	}
	return []Problem{{What: line(q.Title), Says: strings.Join(unhealthyApps(s), "; "), Next: line(q.Why + " cf logs NAME --recent shows a log.")}}
}
