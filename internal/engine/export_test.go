package engine

import (
	"context"
	"os"

	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// CarryOut does one thing without the loop.
func (e *Engine) CarryOut(ctx context.Context, s steps.State, effect steps.Effect) (steps.Occurrence, error) {
	return e.carryOut(ctx, s, effect, secret.Text{}, revision{})
}

// FillDisk lets nothing be written to the journal any more. The loop must be
// idle.
func (e *Engine) FillDisk() error {
	file, err := os.Open(e.journal.path)
	if err != nil {
		return err
	}
	old := e.journal.file
	e.journal.file = file
	return old.Close()
}
