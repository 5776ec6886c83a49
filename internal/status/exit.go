package status

import (
	"errors"
	"slices"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/steps"
)

// Exit statuses. They are a public interface (docs/commands.md): add, don't
// change.
const (
	ExitDone        = 0   // done as asked
	ExitFailed      = 1   // something failed
	ExitUsage       = 2   // the command line is wrong
	ExitBlocked     = 3   // critical findings stand in the way
	ExitNotYet      = 4   // not there yet
	ExitNoRight     = 5   // not signed in, or a right is missing
	ExitService     = 6   // the migration service says FAILED
	ExitOpen        = 7   // a question is open
	ExitInterrupted = 130 // by Ctrl-C or a signal
)

// ExitError is an end with another status than "done". Its message may be empty:
// then everything has been said.
type ExitError struct {
	Status  int
	Message string
}

// Exit is an end with a status, as an error.
func Exit(status int, message string) error { return &ExitError{status, message} }

func (e *ExitError) Error() string { return e.Message }

// ExitStatus is the exit status that an error means.
func ExitStatus(err error) int {
	if err == nil {
		return ExitDone
	}
	if e, ok := errors.AsType[*ExitError](err); ok {
		return e.Status
	}
	if _, ok := errors.AsType[*engine.TrustError](err); ok { // a file that a flag names
		return ExitUsage
	}
	return ExitFailed
}

// ExitOfEnding is the exit status of a migration that has ended.
func ExitOfEnding(e steps.Ending) int {
	if e.How == steps.EndForHelp {
		return ExitService
	}
	return ExitDone
}

// ExitOfQuestion is the exit status when a question stays open: the more
// exact one, where there is one.
func ExitOfQuestion(q *steps.Question) int {
	//exhaustive:enforce
	switch q.Kind {
	case steps.KindNoRight:
		return ExitNoRight
	case steps.KindBlocked:
		return ExitBlocked
	case steps.KindServiceFailed:
		return ExitService
	case steps.KindWaiting:
		return ExitNotYet
	case steps.KindChoice, steps.KindFailed:
	}
	return ExitOpen
}

// worseThan are the exit statuses from the best to the worst, for several at once.
var worseThan = []int{ExitDone, ExitNotYet, ExitOpen, ExitBlocked, ExitNoRight, ExitService, ExitFailed, ExitUsage, ExitInterrupted}

// Worst is the exit status of several: that of the one that needs somebody most.
func Worst(statuses ...int) int {
	worst := ExitDone
	for _, s := range statuses {
		if slices.Index(worseThan, s) > slices.Index(worseThan, worst) {
			worst = s
		}
	}
	return worst
}
