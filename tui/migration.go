package tui

import (
	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// Migration is a running engine, as far as a person's voice needs it.
type Migration interface {
	Snapshot() engine.Snapshot
	Updates() <-chan struct{}
	Requests() ([]engine.Request, int)
	Answer(a steps.Answer, word secret.Text)
	LookAgain()
}

var _ Migration = (*engine.Engine)(nil)
