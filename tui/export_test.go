package tui

import (
	"context"

	"pg-migrate-wizard/internal/engine"
)

// Converse leads a migration in plain lines. What does it imports this package.
var Converse func(context.Context, *engine.Engine, PlainOptions) (PlainResult, error)
