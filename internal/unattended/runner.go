package unattended

import (
	"context"
	"io"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sanitize"
)

// Runner carries out what a command asks for, without a person at a screen.
type Runner struct {
	Config engine.Config // where it works, and where journals are kept
	Err    io.Writer     // what is said beside the data
	// Confirm asks a person to type a word for what does is about; nil: nobody is there.
	Confirm  func(ctx context.Context, does, word string) error
	PlanFile bool   // the plan was named, and is no kept target
	Again    string // the command line that leads back here
}

// line cleans what came from outside.
func line(text string) string { return sanitize.Line(text) }
