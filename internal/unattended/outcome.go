package unattended

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/status"
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
	return e.label + ": " + reasonWords[e.why] + "; it takes --" + FlagYes + " on the command line, too"
}

// outcome is how a drive ended: its exit status, and why in words.
func (r driveResult) outcome() (int, string) {
	s := r.last.State
	switch ended := s.Choices.Ended; {
	case r.done:
		return status.ExitDone, "done as asked"
	case r.interrupted:
		return status.ExitInterrupted, "interrupted"
	case ended != nil && r.open == nil:
		return r.failure(), "the migration has ended: " + ended.How
	case r.late:
		return status.ExitNotYet, "not there yet: the time is up"
	case r.open == nil && r.question != nil:
		return status.ExitNotYet, "not there yet: " + line(r.question.Title)
	}
	says := line(r.open.Error())
	if stop, ok := errors.AsType[*plan.StopError](r.open); ok {
		if !stop.Failure {
			return status.ExitDone, says
		}
		return r.failure(), says
	}
	if errors.Is(r.open, errRepeated) {
		return r.failure(), says
	}
	if e, ok := errors.AsType[*status.ExitError](r.open); ok {
		return e.Status, says
	}
	if r.question == nil {
		return status.ExitOpen, says
	}
	return status.ExitOfQuestion(r.question), says
}

// openWords say what it means that a question stays open.
var openWords = map[int]string{
	status.ExitOpen:    "a question is open",
	status.ExitBlocked: "critical findings stand in the way",
	status.ExitNoRight: "not signed in, or a right is missing",
	status.ExitService: "the service says FAILED",
}

// failure is the exit status of a migration that has not come where it should.
func (r driveResult) failure() int {
	s := r.last.State
	switch {
	case s.History.Saw(s.Choices.Round, steps.MomentReplication, steps.Failed), s.History.Saw(s.Choices.Round, steps.MomentFinalization, steps.Failed):
		return status.ExitService
	case r.forbidden():
		return status.ExitNoRight
	case r.notPassed():
		return status.ExitNotYet
	}
	return status.ExitFailed
}

// forbidden reports whether a request failed for want of a right.
func (r driveResult) forbidden() bool {
	for _, w := range r.last.State.Work {
		if w.Status == steps.GoneWrong && w.Problem.Kind == steps.ProblemForbidden {
			return true
		}
	}
	return false
}

// notPassed reports whether a request was given up for something that may pass yet.
func (r driveResult) notPassed() bool {
	for _, w := range r.last.State.Work {
		if w.GivenUp() {
			return true
		}
	}
	return false
}

// leave tells how a drive ended, and returns the exit that it is.
func (u Runner) leave(r driveResult, v *status.EventPrinter) error {
	s := r.last.State
	code, says := r.outcome()
	if r.open != nil && r.question != nil {
		says = r.tellQuestion(v, code, says)
	}
	page := status.PageOf(r.last)
	v.Print(status.Event{
		At: time.Now(), Event: status.EventEnd, ExitStatus: &code, Says: says, Status: &page, Alarms: status.AlarmsWithPossibleLoss(s),
		Closing: status.ClosingOf(s), Report: u.report(s, r.last.Journal),
	})
	if u.beside == nil {
		u.farewell(r, page.Standing, v.Form == status.FormatTable)
	}
	return v.Exit(code)
}

// tellQuestion tells the question that was left open, and returns what is left to
// be said of the end.
func (r driveResult) tellQuestion(v *status.EventPrinter, code int, says string) string {
	e := status.Event{At: time.Now(), Event: status.EventQuestion, Question: status.QuestionOf(r.question)}
	if !errors.Is(r.open, errNotAsked) {
		e.Says = line(r.open.Error())
	}
	if open, ok := errors.AsType[*plan.OpenError](r.open); ok {
		e.Says, e.Key = line(open.Message), open.Key
	}
	e.Findings = findingsAt(r.question, r.last.State)
	v.Print(e)
	return cmp.Or(openWords[code], says) // the question has said the rest
}

// findingsAt lists the findings that a question is about: those that have to be
// mended, or those that have to be accepted.
func findingsAt(q *steps.Question, s steps.State) []status.Finding {
	if q.ID != steps.QuestionPreflightCritical && q.ID != steps.QuestionPreflightWarnings {
		return nil
	}
	return slices.DeleteFunc(status.FindingsOf(s), func(f status.Finding) bool {
		return f.Accepted || f.Critical != (q.ID == steps.QuestionPreflightCritical)
	})
}

// farewell says, beside the data, what goes on without the program and how to
// come back. Where it stands is not said twice to the same reader.
func (u Runner) farewell(r driveResult, standing string, said bool) {
	s := r.last.State
	if s.Choices.Ended != nil || r.done {
		return
	}
	closing := status.ClosingOf(s)
	for _, l := range steps.Leaving(s) {
		if said && (l == standing || slices.Contains(closing, line(l))) {
			continue
		}
		fmt.Fprintln(u.Err, l)
	}
	fmt.Fprintf(u.Err, "To come back, run: %s\n", u.Again)
	if r.last.Journal != "" {
		fmt.Fprintf(u.Err, "The record of this migration: %s\n", r.last.Journal)
	}
}
