package plan

import (
	"strings"
	"time"

	"pg-migrate-wizard/steps"
)

// A request that has failed for good so often within this time is not tried again:
// somebody has to look at it. (What passes is tried again by the machine, for as long as
// that is sensible.)
const (
	maxTries    = 3
	triesWithin = time.Hour
)

// pauses are those before the second and the third try: what has failed is seldom mended
// at once, and a try counts only when time has passed.
var pauses = [maxTries - 1]time.Duration{5 * time.Second, 20 * time.Second}

// LaterError says that a question is to be answered later, and nothing is open.
type LaterError struct{ At time.Time }

func (e *LaterError) Error() string { return "not before " + e.At.Format(time.TimeOnly) }

// BackOutAnswer answers the question of [steps.AskBackOut] by what the plan says
// about failures, for a run that has failed where no question is asked. Where
// everything is to be left as it is, the error is a *[StopError]; q may be nil,
// then there is nothing to go back from.
func (p Plan) BackOutAnswer(q *steps.Question, s steps.State) (steps.Answer, error) {
	if q == nil {
		return steps.Answer{}, stop(KeyOnFailure, true, NothingToTakeBack)
	}
	a, err := p.settled(q, &s, answering{with: func(p Plan, q *steps.Question, s *steps.State) (reply, error) {
		return p.fail(q, s, "")
	}})
	return a, about(q, err)
}

// failed answers after a failure: everything stays as it is, or everything goes back.
func failed(p Plan, q *steps.Question, s *steps.State) (reply, error) {
	return p.fail(q, s, strings.TrimSuffix(q.Title, ".")+". ")
}

func (p Plan) fail(q *steps.Question, s *steps.State, what string) (reply, error) {
	if why := p.whyNotBack(q, s); why != nil {
		return reply{}, stop(KeyOnFailure, true, why, what)
	}
	return reply{option: steps.OptionBackOut, sure: true}, nil
}

// whyNotBack returns why a failure does not take everything back; nil when it does. Once the applications have written to the target, only a plan that names
// the loss goes back; once they are said to work there, none does.
func (p Plan) whyNotBack(q *steps.Question, s *steps.State) *Reason {
	o, way := q.Option(steps.OptionBackOut)
	switch {
	case notPassed(s):
		return NotPassed
	case p.OnFailure != FailureBackOut && p.OnFailure != FailureBackOutWithLoss:
		return SaysStop
	case s.Choices.Validated != nil:
		return AppsWork
	case !way || o.Blocked != "":
		return NoWayBack
	case p.OnFailure == FailureBackOut && steps.BackOutPlan(*s).Lost:
		return WouldLose
	}
	return nil
}

// notPassed reports whether a request failed for something that passes: it was tried for
// as long as that is sensible, and nothing is destroyed for it.
func notPassed(s *steps.State) bool {
	for _, w := range s.Work {
		if w.GivenUp() {
			return true
		}
	}
	return false
}

// answerFailed tries a failed request again, a few times, with pauses between.
func answerFailed(p Plan, q *steps.Question, s *steps.State) (reply, error) {
	var later time.Time
	for _, w := range s.Work {
		if w.Status != steps.GoneWrong {
			continue
		}
		if w.Problem.Kind == steps.ProblemForbidden {
			return failed(p, q, s) // a right does not come by asking again
		}
		if w.GivenUp() {
			return heldUp(p, q, s)
		}
		tries := recently(s, func(m *steps.Moment) bool {
			return m.ID == w.Effect.ID() && (m.Is(steps.MomentEffect, steps.OutcomeFailed) || m.Is(steps.MomentEffect, steps.OutcomeUnclear))
		})
		if tries >= maxTries {
			return heldUp(p, q, s)
		}
		if at := w.At.Add(pauses[max(0, tries-1)]); s.At.Before(at) && at.After(later) {
			later = at
		}
	}
	if !later.IsZero() {
		return reply{}, &LaterError{later}
	}
	return reply{option: steps.OptionRetry}, nil
}

// answered counts how often a question was answered so, lately.
func answered(s *steps.State, q *steps.Question, option string) int {
	return recently(s, func(m *steps.Moment) bool { return m.Answered(q.ID, option) })
}

func recently(s *steps.State, is func(*steps.Moment) bool) int {
	n := 0
	for m := range s.History.In(s.Choices.Round) {
		if s.At.Sub(m.At) < triesWithin && is(m) {
			n++
		}
	}
	return n
}

// answerLate answers at the decision point. Going on is decided once: nobody is asked
// again.
func answerLate(p Plan, q *steps.Question, _ *steps.State) (reply, error) {
	if p.OnLate == LateBackOut {
		return reply{option: steps.OptionBackOut, sure: true}, nil
	}
	return reply{option: steps.OptionGoOn, values: map[string][]string{"limit": {"0"}}}, nil
}

// answerBackedOut ends the migration. The keys that it made go only where the
// plan has both deleted.
func answerBackedOut(p Plan, q *steps.Question, _ *steps.State) (reply, error) {
	if _, ok := q.Option(steps.OptionEndClean); ok && p.CleanUp.TargetKey == Delete && p.CleanUp.SourceKeys == Delete {
		return reply{option: steps.OptionEndClean}, nil
	}
	return reply{option: steps.OptionEnd}, nil
}
