package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
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
func refuseUnknown(accept []string, end *errandEnd) {
	s := end.now.State
	if q := steps.Ask(s); end.err == nil || q == nil || q.ID != steps.QuestionPreflightWarnings {
		return
	}
	found := findingsOf(s)
	for _, id := range listed(accept) {
		if id != "all" && !slices.ContainsFunc(found, func(x statusFinding) bool { return x.ID == id }) {
			end.err = usage("--accept: there is no finding %s; the check prints their identities", quoted(line(id)))
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
		e := &errand{
			command: "preflight-check", plan: pl, own: questionsOfCheck, at: []steps.ID{steps.Preflight}, timeout: f.timeout, lasting: true,
			reached: func(s steps.State) bool { return beyond(s, steps.Preflight) },
		}
		end, err := p.do(cmd.Context(), engine.New(cfg), cfg, e)
		if err != nil {
			return err
		}
		s := end.now.State
		refuseUnknown(accept, &end)
		if q := steps.Ask(s); end.err != nil && q != nil && q.ID == steps.QuestionPreflightWarnings && len(accept) == 0 {
			end.err = nil // it was checked; what follows asks for the acceptance
		}
		if end.err == nil && s.Facts.Findings == nil {
			end.says = "The check was not run: the replication has been started. What is printed is the last one of this record."
		}
		return p.tell(f, e.command, end, parts{findings: true})
	}
	return cmd
}

func (p *program) createReplicationCommand(common *flags) *cobra.Command {
	var accept []string
	cmd, f := p.lineCommand(common, "create-replication", "Starts the replication",
		`Starts to copy the source to the target in the background; applications go on working.
The preflight check is run once more just before. Where there is a replication already,
whoever has started it, nothing is changed.

It does not open access and makes no keys: "prepare" and "keys" do.`,
		`# start it, and come back later
create-replication
# start it, and wait until the databases are in sync
create-replication --wait --timeout 12h`, nil)
	acceptFlag(cmd, &accept)
	f.addWait(cmd, "until the databases are IN-SYNC, or the replication has FAILED")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		pl, cfg, err := p.open(f)
		if err != nil {
			return err
		}
		accepting(&pl, accept)
		e := &errand{
			command: "create-replication", plan: pl, own: append([]steps.QuestionID{steps.QuestionReplicate}, questionsOfCheck...),
			at: []steps.ID{steps.Preflight, steps.Replicate}, timeout: f.timeout, lasting: f.wait, consent: f.consent,
			reached: func(s steps.State) bool {
				r := s.Facts.Replication
				there := signedIn(s) && r.Known && r.Exists
				return beyond(s, steps.Replicate) || there && (!f.wait || r.Word == steps.InSync || r.Word == steps.Failed)
			},
		}
		end, err := p.do(cmd.Context(), engine.New(cfg), cfg, e)
		if err != nil {
			return err
		}
		refuseUnknown(accept, &end)
		return p.tell(f, e.command, end, parts{findings: true})
	}
	return cmd
}

func (p *program) createFinalizationCommand(common *flags) *cobra.Command {
	cmd, f := p.lineCommand(common, "create-finalization", "Finalizes the migration",
		`Lets the service transfer what is left and close the migration: from COMPLETED on the
target is the database. It is refused before IN-SYNC and while anything can write to the
source that is not stopped or waived: "stop-apps" does both. Where there is a
finalization already, nothing is changed.`,
		`# at a terminal: it asks for the name of the source before it begins
create-finalization
# in a script: finalize, and wait for COMPLETED
create-finalization --yes --wait`, nil)
	f.consent.addFlags(cmd, "finalize: after COMPLETED there is no way back without losing new writes")
	f.consent.addConfirm(cmd, "name of the source, instead of --yes")
	f.consent.one = true
	f.addWait(cmd, "until the finalization is COMPLETED or has FAILED")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		pl, cfg, err := p.open(f)
		if err != nil {
			return err
		}
		e := &errand{
			command: "create-finalization", plan: pl, own: []steps.QuestionID{steps.QuestionFinalize, steps.QuestionDecision}, at: []steps.ID{steps.Finalize},
			timeout: f.timeout, lasting: f.wait, consent: f.consent,
			reached: func(s steps.State) bool {
				x := s.Facts.Finalization
				there := signedIn(s) && x.Known && x.Exists
				return beyond(s, steps.Finalize) || there && (!f.wait || x.Word == steps.Failed)
			},
		}
		eng := engine.New(cfg)
		end, err := p.do(cmd.Context(), eng, cfg, e)
		if err != nil {
			return err
		}
		p.nameWriters(cmd.Context(), eng, &end)
		return p.tell(f, e.command, end, parts{writers: end.err != nil})
	}
	return cmd
}

// nameWriters takes the census where the finalization is refused because nobody
// has stopped anything yet: the refusal then names who can write.
func (p *program) nameWriters(ctx context.Context, eng *engine.Engine, end *errandEnd) {
	s := end.now.State
	q := steps.Ask(s)
	if end.err == nil || q == nil || q.ID != steps.QuestionInSync {
		return
	}
	v := survey{eng: eng, s: s}
	for _, see := range []steps.Sight{steps.SeeSourceKeys, steps.SeeApps, steps.SeeElsewhere} {
		if v.look(ctx, see) != nil {
			return // what is refused is refused all the same
		}
	}
	end.now.State = v.s
	end.err = &exit{StatusOpen, unsettledWriters(v.s)}
}
