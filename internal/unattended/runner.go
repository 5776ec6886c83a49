package unattended

import (
	"context"
	"fmt"
	"io"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/status"
)

// Runner carries out what a command asks for, without a person at a screen.
type Runner struct {
	Config engine.Config // where it works, and where journals are kept
	Err    io.Writer     // what is said beside the data
	// Confirm asks a person to type a word for what does is about; nil: nobody is there.
	Confirm func(ctx context.Context, does, word string) error
	// Heartbeat is how often a command that waits says on Err that it does; 0: never.
	Heartbeat time.Duration
	PlanFile  bool   // the plan was named, and is no kept target
	Again     string // the command line that leads back here

	beside func(engine.Snapshot) // of one of several: is told of every new state; nil: it is the only one
}

// signOfLife says how it stands, beside the data.
func (u Runner) signOfLife(now engine.Snapshot) { fmt.Fprintln(u.Err, status.SignOfLife(now)) }

// line cleans what came from outside.
func line(text string) string { return sanitize.Line(text) }
