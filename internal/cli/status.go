package cli

import (
	"errors"
	"fmt"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/steps"
)

// Exit statuses. They are a public interface (docs/commands.md): add, don't
// change.
const (
	StatusDone        = 0   // done as asked
	StatusFailed      = 1   // something failed
	StatusUsage       = 2   // the command line is wrong
	StatusBlocked     = 3   // critical findings stand in the way
	StatusNotYet      = 4   // not there yet
	StatusNoRight     = 5   // not signed in, or a right is missing
	StatusService     = 6   // the migration service says FAILED
	StatusOpen        = 7   // a question is open
	StatusInterrupted = 130 // by Ctrl-C or a signal
)

// exit is an end with another status than "done". Its message may be empty:
// then everything has been said.
type exit struct {
	status  int
	message string
}

func (e *exit) Error() string { return e.message }

func usage(format string, args ...any) error {
	return &exit{StatusUsage, fmt.Sprintf(format, args...)}
}

// statusOf is the exit status that an error means.
func statusOf(err error) int {
	if err == nil {
		return StatusDone
	}
	if e, ok := errors.AsType[*exit](err); ok {
		return e.status
	}
	if _, ok := errors.AsType[*engine.TrustError](err); ok { // a file that a flag names
		return StatusUsage
	}
	return StatusFailed
}

// statusOfEnding is the exit status of a migration that has ended.
func statusOfEnding(e steps.Ending) int {
	if e.How == steps.EndForHelp {
		return StatusService
	}
	return StatusDone
}

// statusOfQuestion is the exit status when a question stays open: the more
// exact one, where there is one.
func statusOfQuestion(q *steps.Question) int {
	switch q.Kind {
	case steps.KindNoRight:
		return StatusNoRight
	case steps.KindBlocked:
		return StatusBlocked
	case steps.KindServiceFailed:
		return StatusService
	case steps.KindWaiting:
		return StatusNotYet
	}
	return StatusOpen
}
