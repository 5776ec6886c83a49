package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

// questionsOfCheck are asked while the preflight check is run. It changes nothing,
// so what comes after it runs it, too.
var questionsOfCheck = []steps.QuestionID{steps.QuestionPreflight, steps.QuestionPreflightLimits, steps.QuestionPreflightWarnings}

// accepting puts the acceptances of the command line into a plan.
func accepting(pl *plan.Plan, accept []string) {
	list := listed(accept)
	for _, id := range list {
		if id == "all" {
			pl.Accept = plan.Acceptance{All: true}
			return
		}
	}
	pl.Accept.Findings = append(pl.Accept.Findings, list...)
}

// refuseUnknown calls an acceptance wrong that is of no finding, where acceptances
// are wanted.
func refuseUnknown(accept []string, end *unattended.StepEnd) {
	s := end.Now.State
	if q := steps.Ask(s); end.Err == nil || q == nil || q.ID != steps.QuestionPreflightWarnings {
		return
	}
	found := status.FindingsOf(s)
	for _, id := range listed(accept) {
		if id != "all" && !slices.ContainsFunc(found, func(x status.Finding) bool { return x.ID == id }) {
			end.Err = usage("--accept: there is no finding %s; the check prints their identities", unattended.ShellQuoted(sanitize.Line(id)))
			return
		}
	}
}

func acceptFlag(cmd *cobra.Command, accept *[]string) {
	cmd.Flags().StringArrayVar(accept, "accept", nil, "warnings to accept: all, or their identities; your name goes into the record with them")
}

func (p *program) preflightCommand(common *flags) *cobra.Command {
	var accept []string
	cmd, f := p.lineCommand(common, "preflight-check", "Runs the preflight check",
		`Lets the migration service look at both databases, and prints what it finds. Critical
findings are status 3: with them the migration would fail. Warnings have to be accepted
before the replication: --accept all, or the identities that are printed. It changes
nothing on the landscape.`,
		`# what stands in the way?
preflight-check
# accept its warnings, when they are read; or some, by their identities
preflight-check --accept all`, nil)
	acceptFlag(cmd, &accept)
	f.addTimeout(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		pl, cfg, err := p.open(f)
		if err != nil {
			return err
		}
		accepting(&pl, accept)
		e := &unattended.StepCommand{
			Command: "preflight-check", Plan: pl, Own: questionsOfCheck, At: []steps.ID{steps.Preflight}, Timeout: f.timeout, Lasting: true,
			Reached: func(s steps.State) bool { return unattended.Beyond(s, steps.Preflight) },
		}
		end, err := p.runner(cfg).Do(cmd.Context(), e)
		if err != nil {
			return err
		}
		s := end.Now.State
		refuseUnknown(accept, &end)
		if q := steps.Ask(s); end.Err != nil && q != nil && q.ID == steps.QuestionPreflightWarnings && len(accept) == 0 {
			end.Err = nil // it was checked; what follows asks for the acceptance
		}
		if end.Err == nil && s.Facts.Findings == nil {
			end.Says = "The check was not run: the replication has been started. What is printed is the last one of this record."
		}
		return p.tell(f, e.Command, end, unattended.Parts{Findings: true})
	}
	return cmd
}
