package tui

import (
	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// Migration is a running engine, as far as an interface for people needs it.
type Migration interface {
	Snapshot() engine.Snapshot
	Updates() <-chan struct{}
	Requests() ([]engine.Request, int)
	Answer(a steps.Answer, credential secret.Text)
	LookAgain()
}

var _ Migration = (*engine.Engine)(nil)
