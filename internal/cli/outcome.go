package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// unconfirmedError says that the plan's word alone is not enough for an answer.
type unconfirmedError struct {
	label string
	why   steps.Reason
}

// reasonWords say why an answer takes a word of its own.
var reasonWords = map[steps.Reason]string{
	steps.ReasonIrreversible: "this cannot be undone",
	steps.ReasonDowntime:     "this begins the downtime",
	steps.ReasonKept:         "it was kept before",
}

func (e *unconfirmedError) Error() string {
	return e.label + ": " + reasonWords[e.why] + "; it takes --" + flagYes + " on the command line, too"
}

// outcome is how a drive ended: its exit status, and why in words.
func (r driven) outcome() (int, string) {
	s := r.last.State
	switch ended := s.Choices.Ended; {
	case r.done:
		return StatusDone, "done as asked"
	case r.interrupted:
		return StatusInterrupted, "interrupted"
	case ended != nil && r.open == nil:
		return r.failure(), "the migration has ended: " + ended.How
	case r.late:
		return StatusNotYet, "not there yet: the time is up"
	case r.open == nil && r.question != nil:
		return StatusNotYet, "not there yet: " + line(r.question.Title)
	}
	says := line(r.open.Error())
	if stop, ok := errors.AsType[*plan.StopError](r.open); ok {
		if !stop.Failure {
			return StatusDone, says
		}
		return r.failure(), says
	}
	if errors.Is(r.open, errRepeated) {
		return r.failure(), says
	}
	if e, ok := errors.AsType[*exit](r.open); ok {
		return e.status, says
	}
	if r.question == nil {
		return StatusOpen, says
	}
	return statusOfQuestion(r.question), says
}

// openWords say what it means that a question stays open.
var openWords = map[int]string{
	StatusOpen:    "a question is open",
	StatusBlocked: "critical findings stand in the way",
	StatusNoRight: "not signed in, or a right is missing",
	StatusService: "the service says FAILED",
}

// failure is the exit status of a migration that has not come where it should.
func (r driven) failure() int {
	s := r.last.State
	switch {
	case slices.ContainsFunc(s.History, func(m steps.Moment) bool {
		return (m.Kind == steps.MomentReplication || m.Kind == steps.MomentFinalization) && m.Word == steps.Failed && m.Round == s.Choices.Round
	}):
		return StatusService
	case r.forbidden():
		return StatusNoRight
	}
	return StatusFailed
}

// forbidden reports whether a request failed for want of a right.
func (r driven) forbidden() bool {
	for _, w := range r.last.State.Work {
		if w.Status == steps.GoneWrong && w.Problem.Kind == steps.ProblemForbidden {
			return true
		}
	}
	return false
}

// leave tells how a drive ended, and returns the exit that it is.
func (p *program) leave(cmd *cobra.Command, r driven, v *voice) error {
	s := r.last.State
	status, says := r.outcome()
	if r.open != nil && r.question != nil {
		says = r.tellQuestion(v, status, says)
	}
	page := viewOf(r.last)
	if r.unknown != nil {
		page = unrecorded(page, s, r.unknown)
	}
	v.tell(Event{At: time.Now(), Event: eventEnd, ExitStatus: &status, Says: says, Status: &page, Alarms: feared(s)})
	p.farewell(cmd, r, page.Standing, v.form == formatTable)
	return v.exit(status)
}

// exit is the error that a status is, after all was told.
func (v *voice) exit(status int) error {
	switch {
	case v.err != nil:
		return v.err
	case status != StatusDone:
		return &exit{status, ""}
	}
	return nil
}

// tellQuestion tells the question that was left open, and returns what is left to
// be said of the end.
func (r driven) tellQuestion(v *voice, status int, says string) string {
	e := Event{At: time.Now(), Event: eventQuestion, Question: questionOf(r.question)}
	if !errors.Is(r.open, errNotAsked) {
		e.Says = line(r.open.Error())
	}
	if open, ok := errors.AsType[*plan.OpenError](r.open); ok {
		e.Says, e.Key = line(open.Says), open.Key
	}
	e.Findings = findingsAt(r.question, r.last.State)
	v.tell(e)
	return cmp.Or(openWords[status], says) // the question has said the rest
}

// findingsAt lists the findings that a question is about: those that have to be
// mended, or those that have to be accepted.
func findingsAt(q *steps.Question, s steps.State) []statusFinding {
	if q.ID != steps.QuestionPreflightCritical && q.ID != steps.QuestionPreflightWarnings {
		return nil
	}
	return slices.DeleteFunc(findingsOf(s), func(f statusFinding) bool {
		return f.Accepted || f.Critical != (q.ID == steps.QuestionPreflightCritical)
	})
}

// farewell says, beside the data, what goes on without the program and how to
// come back. Where it stands is not said twice to the same reader.
func (p *program) farewell(cmd *cobra.Command, r driven, standing string, said bool) {
	s := r.last.State
	if s.Choices.Ended != nil || r.done {
		return
	}
	leaving := steps.Leaving(s)
	if r.unknown != nil {
		leaving = []string{"Nothing was changed by watching. What the service does, goes on without the program."}
	}
	for _, l := range leaving {
		if said && l == standing {
			continue
		}
		fmt.Fprintln(p.err, l)
	}
	fmt.Fprintf(p.err, "To come back, run: %s\n", again(cmd))
	if r.last.Journal != "" {
		fmt.Fprintf(p.err, "The record of this migration: %s\n", r.last.Journal)
	}
}
