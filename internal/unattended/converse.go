package unattended

import (
	"context"
	"errors"
	"fmt"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/steps"
	"pg-migrate-wizard/tui"
)

// Converse leads a migration in plain lines, with the answers of a person or, with Auto,
// those that are recommended. It returns when the migration has ended, the person
// quits, the input ends with a question open, or the context ends. The error is of an
// engine that cannot go on, or of writing.
func Converse(ctx context.Context, eng *engine.Engine, o tui.PlainOptions) (tui.PlainResult, error) {
	p := tui.NewPlain(eng, o)
	d := driver{
		plain: p, stay: true, heartbeat: p.Heartbeat, every: tui.PlainHeartbeat,
		answer: func(*steps.Question, steps.State) (steps.Answer, error) { return steps.Answer{}, errLater },
		done:   func(now engine.Snapshot) bool { return now.State.Choices.Ended != nil },
	}
	if o.Auto {
		d.answer, d.given = p.Recommended, func(q *steps.Question, a steps.Answer, _ steps.State) { p.Given(q, a) }
	}
	r, err := drive(ctx, eng, d)
	switch {
	case p.Over():
	case errors.Is(r.open, errRepeated):
		p.GiveUp(fmt.Sprintf("This was answered %d times, and nothing new came of it.", sameAnswer))
	case r.open != nil:
		p.GiveUp(r.open.Error())
	}
	result, writing := p.Close()
	return result, errors.Join(writing, err)
}
