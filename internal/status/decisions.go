package status

import (
	"strings"
	"time"

	"pg-migrate-wizard/steps"
)

// unhealthyApps names the applications that were started, and what keeps each from
// being well: "orders-worker: web 0 CRASHED".
func unhealthyApps(s steps.State) []string {
	var list []string
	for _, a := range steps.Unhealthy(s) {
		list = append(list, line(a.Name+": "+dash(a.Ailment)))
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
		At: time.Now(), Event: EventDecision, Question: QuestionOf(q), Option: o.ID, Says: line(strings.TrimSuffix(o.Label, "…") + ": " + o.Consequence + "."),
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
