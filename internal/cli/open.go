package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

type openOptions struct {
	choice
	output *wordFlag
	item   string // to be closed
	by     string
	note   string
}

func (p *program) openCommand() *cobra.Command {
	o := &openOptions{}
	cmd := &cobra.Command{
		Use:   "open",
		Short: "Lists what a migration has left open, and closes it by a word",
		Long: `Lists what a migration has left to somebody, by its record: waivers, warnings that were
accepted, alarms, cancelled tasks, schedulers that were switched off, whoever still has
the address of the source, what was kept on purpose. No server is asked; "status" looks.

It goes on after the end of the migration: "open close" says that a thing is done.`,
		Example: `  # what is left to be done?
  pg-migrate-wizard open

  # the scheduler is on again
  pg-migrate-wizard open close scheduler:nightly-jobs --by Dana --note "on again, caught up"`,
		Args: noArgs,
		RunE: runE(p, o, p.open),
	}
	o.output = addOutputFlag(cmd)
	o.addFlags(cmd, &p.flags)
	cmd.AddCommand(p.openCloseCommand())
	return cmd
}

func (p *program) openCloseCommand() *cobra.Command {
	o := &openOptions{}
	cmd := &cobra.Command{
		Use:   "close ITEM",
		Short: "Says that an open thing is done: the word stands in the record, with a name",
		Long: `Notes in the record of a migration, also after its end, that an open thing is done or
needs nothing. It is named as "open" lists it, by its identity or by kind and name. No
server is asked, and nothing on the landscape is changed.`,
		Example: `  pg-migrate-wizard open close finding:source-warning-f8c5344f --by Dana --note "roles created"`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] == "" {
				return usage("%s takes one open thing, as \"open\" lists it", cmd.CommandPath())
			}
			o.item = args[0]
			return nil
		},
		RunE: runE(p, o, p.openClose),
	}
	cmd.Flags().StringVar(&o.by, "by", "", "who says so")
	cmd.Flags().StringVar(&o.note, "note", "", "what was done, or seen")
	o.output = addOutputFlag(cmd)
	o.addFlags(cmd, &p.flags)
	return cmd
}

// openList is what is open, for programs.
type openList struct {
	Version   int               `json:"version"`
	Migration string            `json:"migration"`
	Open      []status.OpenItem `json:"open"`
	Closed    []status.OpenItem `json:"closed"`
}

func openListOf(id string, s steps.State) openList {
	l := openList{Version: status.ResultVersion, Migration: id, Open: status.OpenOf(s), Closed: []status.OpenItem{}}
	for _, i := range steps.Ledger(s) {
		if !i.IsOpen() {
			l.Closed = append(l.Closed, status.OpenItemOf(i))
		}
	}
	return l
}

// Table prints it for people.
func (l openList) Table(w io.Writer) {
	if len(l.Open) == 0 {
		fmt.Fprintln(w, "Nothing is open.")
		return
	}
	status.OpenTable(w, l.Open)
}

// recordOf is the record that the flags mean, and its identity.
func (p *program) recordOf(c choice) (string, steps.State, error) {
	m, err := p.choose(c)
	if err != nil {
		return "", steps.State{}, err
	}
	if m.record == nil {
		return "", steps.State{}, fmt.Errorf("%w of %v: the record is on the machine that has led it", engine.ErrNoMigration, m)
	}
	s, err := engine.LoadMigration(p.flags.stateDirectory(), m.record.ID)
	return m.record.ID, s, err
}

func (p *program) open(_ context.Context, o *openOptions) error {
	id, s, err := p.recordOf(o.choice)
	if err != nil {
		return err
	}
	l := openListOf(id, s)
	return p.print(o.output, l, l.Table)
}

func (p *program) openClose(_ context.Context, o *openOptions) error {
	switch {
	case o.by == "":
		return usage("--by NAME is missing: %v", steps.ErrNoName)
	case o.note == "":
		return usage("--note TEXT is missing: %v", steps.ErrNoNote)
	}
	id, s, err := p.recordOf(o.choice)
	if err != nil {
		return err
	}
	item, err := steps.FindOpen(s, o.item)
	if err != nil {
		return status.Exit(status.ExitOpen, sanitize.Line(err.Error()+". Nothing was noted; `open` lists what there is."))
	}
	s, err = engine.CloseItem(p.flags.stateDirectory(), id, steps.ItemClosed{ID: item.ID, By: o.by, Note: o.note}, time.Now())
	if err != nil {
		return err
	}
	l := openListOf(id, s)
	return p.print(o.output, l, func(w io.Writer) {
		fmt.Fprintf(w, "Closed: %s\n", sanitize.Line(item.What))
		if len(l.Open) > 0 {
			fmt.Fprintln(w, "Still open:")
		}
		l.Table(w)
	})
}
