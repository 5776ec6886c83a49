package cli

import (
	"slices"

	"github.com/spf13/pflag"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

var preflightCheckCommand = lineCommand{
	use: "preflight-check", short: "Runs the preflight check",
	long: `Lets the migration service look at both databases, and prints what it finds. Critical
findings are status 3: with them the migration would fail. Warnings have to be accepted
before the replication: --accept all, or the identities that are printed. It changes
nothing on the landscape.`,
	example: `# what stands in the way?
preflight-check
# accept its warnings, when they are read; or some, by their identities
preflight-check --accept all`,
	flags: acceptFlag, timeout: true,
	at: []steps.ID{steps.Preflight}, own: questionsOfCheck, lasting: true, parts: unattended.Parts{Findings: true},
	before: acceptFindings,
	after: func(end *unattended.StepEnd, r *lineRun) {
		refuseUnknown(r.accept, end)
		if len(r.accept) == 0 && wantsAcceptance(*end) {
			end.Err = nil // it was checked; what follows asks for the acceptance
		}
		if end.Err == nil && end.Now.State.Facts.Findings == nil {
			end.Says = "The check was not run: the replication has been started. What is printed is the last one of this record."
		}
	},
}

// questionsOfCheck are asked while the preflight check is run. It changes nothing,
// so what comes after it runs it, too.
var questionsOfCheck = []steps.QuestionID{steps.QuestionPreflight, steps.QuestionPreflightLimits, steps.QuestionPreflightWarnings}

func acceptFlag(fs *pflag.FlagSet, o *lineOptions) {
	fs.StringArrayVar(&o.accept, "accept", nil, "warnings to accept: all, or their identities; your name goes into the record with them")
}

// acceptFindings puts the acceptances of the command line into the plan.
func acceptFindings(r *lineRun) error {
	list := listed(r.accept)
	r.plan.Accept.Findings = append(r.plan.Accept.Findings, list...)
	if slices.Contains(list, "all") {
		r.plan.Accept = plan.Acceptance{All: true}
	}
	return nil
}

func wantsAcceptance(end unattended.StepEnd) bool {
	q := steps.Ask(end.Now.State)
	return end.Err != nil && q != nil && q.ID == steps.QuestionPreflightWarnings
}

// refuseUnknown calls an acceptance wrong that is of no finding, where acceptances
// are wanted.
func refuseUnknown(accept []string, end *unattended.StepEnd) {
	if !wantsAcceptance(*end) {
		return
	}
	found := status.FindingsOf(end.Now.State)
	for _, id := range listed(accept) {
		if id != "all" && !slices.ContainsFunc(found, func(x status.Finding) bool { return x.ID == id }) {
			end.Err = usage("--accept: there is no finding %s; the check prints their identities", unattended.ShellQuoted(sanitize.Line(id)))
			return
		}
	}
}
