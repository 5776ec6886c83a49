package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

func (p *program) migrationsCommand() *cobra.Command {
	return commandGroup(&cobra.Command{
		Use:   "migrations",
		Short: "Lists the migrations that are remembered on this machine, and puts records away",
		Long: `Lists the migrations that are remembered on this machine, whoever has led them and
however they ended, and puts records away that nobody needs any more. No server is asked.`,
		Example: `  # which ones are there?
  pg-migrate-wizard migrations list

  # put an old one away
  pg-migrate-wizard migrations archive 20261128-060000`,
	}, p.migrationsListCommand(), p.migrationsArchiveCommand())
}

type migrationsOptions struct {
	id      string
	consent unattended.Consent
	output  *wordFlag
}

func (p *program) migrationsListCommand() *cobra.Command {
	o := &migrationsOptions{}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Lists the migrations that are remembered on this machine, the newest first",
		Long: `Lists the migrations that are remembered on this machine, the newest first: between
which databases, where each stood when it was last seen, and how it ended. A record that
cannot be read is among them, with why.`,
		Example: `  pg-migrate-wizard migrations list -o json`,
		Args:    noArgs,
		RunE:    runE(p, o, p.migrationsList),
	}
	o.output = addOutputFlag(cmd)
	return cmd
}

func (p *program) migrationsArchiveCommand() *cobra.Command {
	o := &migrationsOptions{}
	cmd := &cobra.Command{
		Use:   "archive ID",
		Short: "Puts the record of a migration away; nothing on the landscape is changed",
		Long: `Moves the record of a migration into the directory archive beside the others: it is not
listed, not taken up and not reported any more, and what it knows is not used any more,
such as that its target was written to. Nothing is deleted, and nothing on the landscape
is changed. Moved back, it is as before.

One that has not ended is refused: what it stopped, made and was told is written nowhere
else. With --confirm and the name of its source (its identity, where none was chosen) it
is put away all the same.`,
		Example: `  pg-migrate-wizard migrations archive 20261128-060000`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] == "" {
				return usage("%s takes one identity, as migrations list prints it", cmd.CommandPath())
			}
			o.id = args[0]
			return nil
		},
		RunE: runE(p, o, p.migrationsArchive),
	}
	cmd.Flags().StringVar(&o.consent.Confirm, unattended.FlagConfirm, "", "name of the source: also when it has not ended")
	o.output = addOutputFlag(cmd)
	return cmd
}

// migrationList is what is remembered, for programs.
type migrationList struct {
	Version    int             `json:"version"`
	Migrations []migrationView `json:"migrations"`
}

// migrationView is one migration that is remembered, by its record alone.
type migrationView struct {
	ID    string        `json:"id"`
	Names steps.Names   `json:"names"` // the keys stand in the record
	API   string        `json:"api"`
	Step  steps.ID      `json:"step"` // at which it was last seen
	At    time.Time     `json:"at"`   // of the record's last line
	Ended *status.Ended `json:"ended"`
	// Of is what the service has said Status of last, and since when: replication or
	// finalization; empty: neither was seen.
	Of        steps.MomentKind `json:"of"`
	Status    string           `json:"status"`
	Since     *time.Time       `json:"since"`
	Parked    bool             `json:"parked"`         // IN-SYNC, and nothing is down for it
	DownSince *time.Time       `json:"downtime_since"` // null: nothing is down for it
	Lead      string           `json:"lead"`           // who leads it
	Stands    string           `json:"stands"`         // in words
	InUse     bool             `json:"in_use"`         // a program here has it open
	Problem   string           `json:"problem,omitempty"`
	Journal   string           `json:"journal"`
}

func viewOfMigration(m steps.JournalSummary) migrationView {
	v := migrationView{
		Of: m.Of, Status: sanitize.Line(m.Status), Parked: m.Parked(), Stands: sanitize.Line(m.Stands()), Lead: sanitize.Line(cmp.Or(m.Lead, m.By)),
		ID: m.ID, API: m.API, Step: m.Step, At: m.At, InUse: engine.InUse(m.Path), Journal: m.Path,
		Names: steps.Names{Org: m.Org, Space: m.Space, SourceInstance: m.Source, TargetInstance: m.Target},
	}
	if v.InUse {
		v.Stands += ", open in another program"
	}
	for _, t := range []struct {
		to **time.Time
		at time.Time
	}{{&v.Since, m.Since}, {&v.DownSince, m.DownSince}} {
		if !t.at.IsZero() {
			*t.to = &t.at
		}
	}
	if m.Ended != nil {
		v.Ended = &status.Ended{At: m.Ended.At, How: m.Ended.How}
	}
	if m.Damage != nil {
		v.Problem = sanitize.Line(m.Damage.Error())
	}
	return v
}

func (p *program) migrationsList(_ context.Context, o *migrationsOptions) error {
	list, err := engine.Journals(p.flags.stateDirectory())
	if err != nil {
		return err
	}
	return p.printMigrations(o.output, list, "No migration is remembered in "+sanitize.Line(p.flags.stateDirectory())+".")
}

// printMigrations prints migrations with where each was seen last; none says that there
// are none.
func (p *program) printMigrations(output *wordFlag, list []steps.JournalSummary, none string) error {
	made := migrationList{Version: status.ResultVersion, Migrations: []migrationView{}}
	rows := [][]string{{"ID", "ORG", "SPACE", "SOURCE", "TARGET", "LAST SEEN", "LED BY", ""}}
	for _, m := range list {
		v := viewOfMigration(m)
		made.Migrations = append(made.Migrations, v)
		rows = append(rows, []string{v.ID, m.Org, m.Space, m.Source, m.Target, v.At.Format(time.RFC3339), v.Lead, cmp.Or(v.Problem, v.Stands)})
	}
	return p.print(output, made, func(w io.Writer) {
		if len(list) == 0 {
			fmt.Fprintln(w, none)
			return
		}
		status.Columns(w, rows)
	})
}

func (p *program) migrationsArchive(_ context.Context, o *migrationsOptions) error {
	list, err := engine.Journals(p.flags.stateDirectory())
	if err != nil {
		return err
	}
	m, err := pickByID(list, o.id)
	if err != nil {
		return err
	}
	word := cmp.Or(m.Source, m.ID) // before a source was chosen it is called by its identity
	switch {
	case o.consent.Confirm != "" && o.consent.Confirm != word:
		return status.Exit(status.ExitOpen, sanitize.Line(fmt.Sprintf("--%s %s is wrong: it is about %s. Nothing was moved.", unattended.FlagConfirm, o.consent.Confirm, word)))
	case m.Ended == nil && o.consent.Confirm == "":
		return status.Exit(status.ExitOpen, sanitize.Line(fmt.Sprintf(
			"%s has not ended (%s): what it stopped and made stands in its record alone. Nothing was moved. End it with `back-out` or `clean-up`, or put it away all the same with --%s %s.",
			m.ID, describe(m), unattended.FlagConfirm, unattended.ShellQuoted(word))))
	}
	to, err := engine.Archive(p.flags.stateDirectory(), m.ID)
	if err != nil {
		return err
	}
	v := viewOfMigration(m)
	v.Journal = to
	return p.print(o.output, v, func(w io.Writer) {
		fmt.Fprintf(w, "The record of %s is in %s\nNothing on the landscape was changed. Moved back to %s, it is remembered again.\n", describe(m), to, m.Path)
	})
}
