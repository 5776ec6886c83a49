package engine

import (
	"context"

	"pg-migrate-wizard/secret"
	"pg-migrate-wizard/steps"
)

// Look looks at one thing without the loop.
func (e *Engine) Look(ctx context.Context, s steps.State, see steps.Sight) (any, error) {
	return e.look(ctx, s, see)
}

// CarryOut does one thing without the loop.
func (e *Engine) CarryOut(ctx context.Context, s steps.State, effect steps.Effect) (any, error) {
	return e.carryOut(ctx, s, effect, secret.Text{})
}

// ProblemOf sorts an error.
func ProblemOf(err error) steps.Problem { return problemOf(err) }
