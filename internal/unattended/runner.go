package unattended

import (
	"context"
	"fmt"
	"io"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
	"pg-migrate-wizard/tui"
)

// Runner carries out what a command asks for, without a person at a screen.
type Runner struct {
	Config engine.Config // where it works, and where journals are kept
	Err    io.Writer     // what is said beside the data
	// Confirm asks a person to type a word for what does is about; nil: nobody is there.
	Confirm func(ctx context.Context, does, word string) error
	// Heartbeat is how often a command that waits says on Err that it does; 0: never.
	Heartbeat time.Duration
	// Report writes the report of a migration that has ended, or can be left for days, and
	// says where; nil: none is written.
	Report   func(s steps.State, journal string) (paths []string, err error)
	PlanFile bool   // the plan was named, and is no kept target
	Again    string // the command line that leads back here

	beside func(engine.Snapshot) // of one of several: is told of every new state; nil: it is the only one
}

// signOfLife says how it stands, beside the data.
func (u Runner) signOfLife(now engine.Snapshot) { fmt.Fprintln(u.Err, status.SignOfLife(now)) }

// report writes the report where there is one to be written, and says where; empty: none
// is.
func (u Runner) report(s steps.State, journal string) (says string) {
	if u.Report == nil || journal == "" || !steps.Closed(s) {
		return ""
	}
	return line(tui.SavedWords(u.Report(s, journal)))
}

// line cleans what came from outside.
func line(text string) string { return sanitize.Line(text) }
