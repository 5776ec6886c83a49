package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/steps"
)

// censusResult is all that can write to the source, for programs.
type censusResult struct {
	Version      int            `json:"version"`
	ExitStatus   int            `json:"exit_status"` // of the command
	Known        bool           `json:"known"`       // it was looked
	Says         string         `json:"says"`        // why not
	At           time.Time      `json:"at"`
	Names        steps.Names    `json:"names"`
	Open         int            `json:"open"` // writers that would keep the finalization locked
	Writers      []statusWriter `json:"writers"`
	Applications []lineApp      `json:"applications"`
}

func (r censusResult) table(w io.Writer) {
	switch {
	case !r.Known:
		fmt.Fprintln(w, r.Says)
		return
	case len(r.Writers) == 0:
		fmt.Fprintf(w, "Nothing is bound to %s, and nothing else is known to have its address.\n", line(r.Names.SourceInstance))
	default:
		columns(w, censusRows(r.Writers))
	}
	if len(r.Applications) > 0 {
		fmt.Fprintln(w)
		columns(w, appRows(r.Applications))
	}
}

func (p *program) appsCommand(common *flags) *cobra.Command {
	cmd, _ := p.lineCommand(common, "apps", "Lists all that can write to the source",
		`Lists all that can write to the source, as far as the platform tells: applications that
are bound to it, their tasks, service keys, whoever else has the address, schedulers, and
what this login may not look into. It changes nothing, and can be asked days ahead.`,
		`# who can write to the source?
apps
# only what is still open, for a script
apps -o json | jq '.writers[] | select(.settled | not)'`, func(ctx context.Context, f *lineFlags) error {
			pl, cfg, err := p.open(f)
			if err != nil {
				return err
			}
			v, err := p.survey(ctx, pl, cfg, steps.SeeApps, steps.SeeElsewhere)
			if err != nil {
				return err
			}
			r := censusOf(v.s)
			switch {
			case v.end.past != nil:
				r = censusOf(*v.end.past)
				r.Known, r.Says = false, "The migration is complete, by its record: there is nobody left to list."
			case v.end.err != nil:
				r.Known, r.Says, r.ExitStatus, r.Names = false, v.end.err.Error(), statusOf(v.end.err), namesOf(v.s, pl)
			}
			if f.form.word != formatTable || v.end.err == nil {
				if err := p.print(f.form, r, r.table); err != nil {
					return err
				}
			}
			return v.end.err
		})
	return cmd
}

func censusOf(s steps.State) censusResult {
	r := censusResult{Version: lineVersion, Known: true, At: s.At, Names: s.Names(), Open: len(openWriters(s)), Writers: []statusWriter{}, Applications: []lineApp{}}
	if s.Choices.Ended != nil {
		r.Open = 0
		return r
	}
	for _, w := range steps.Census(s) {
		r.Writers = append(r.Writers, statusWriter{w.ID, w.Kind, line(w.Name), line(w.What), w.Fate, w.Settled(), line(w.Note)})
	}
	r.Applications = append(r.Applications, appsOf(s)...)
	return r
}
