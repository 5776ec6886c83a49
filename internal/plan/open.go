package plan

import (
	"fmt"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// OpenError says that the plan does not answer a question. Key is the key that
// would; it is empty where no plan can, as with a login or a critical finding.
type OpenError struct {
	Question *steps.Question
	Key      string
	Says     string
}

func (e *OpenError) Error() string {
	text := fmt.Sprintf("the plan does not answer %q: %s", sanitize.Line(e.Question.Title), e.Says)
	if e.Key != "" {
		text += " (key " + e.Key + ")"
	}
	return text
}

// StopError says that the plan's word on a question is to end the run here, with
// everything as it is. Failure tells an end because something failed from one
// that the plan wants.
type StopError struct {
	Question *steps.Question
	Key      string
	Says     string
	Failure  bool
}

func (e *StopError) Error() string { return e.Says }

func open(key, format string, args ...any) error {
	return &OpenError{Key: key, Says: sanitize.Line(fmt.Sprintf(format, args...))}
}

func stop(key string, failure bool, format string, args ...any) error {
	return &StopError{Key: key, Failure: failure, Says: sanitize.Line(fmt.Sprintf(format, args...))}
}

const noKey = "no key of a plan answers this"
